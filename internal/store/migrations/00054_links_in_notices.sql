-- +goose Up
-- A notice names a link to a zip. What the zip has is named with it, file by file,
-- as it is with a share.
alter table notice_items drop constraint notice_items_kind_check;
alter table notice_items add constraint notice_items_kind_check check (kind in ('value', 'file', 'share', 'job', 'zip'));

-- What a zip had is kept for a while after its link ended, so that a notice that
-- comes late finds it. Programs of the release before delete the row instead.
alter table selections add column revoked_at timestamptz;
