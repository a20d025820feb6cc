-- +goose Up
-- A notice names the page of a share. What the share shows then is named with it,
-- file by file, so that the owner can't change it before the decision.
alter table notice_items drop constraint notice_items_kind_check;
alter table notice_items add constraint notice_items_kind_check check (kind in ('value', 'file', 'share'));
alter table notice_items add column part_of int; -- the share among the same notice's items that shows the file

-- A share of the library shows files under the paths that they had in it.
alter table share_items add column shown text; -- null shows the path in the source

-- A deletion of many jobs by an administrator can bypass the trash.
alter table bulk_acts add column final boolean not null default false;
