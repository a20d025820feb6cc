-- +goose Up
-- One library over all downloads of a user: folders, and where each stored file
-- lies in them. The path that a file has in its source stays what it is.
--
-- The root has the id of its user and no parent. A folder that the user did not
-- make goes with the last thing in it.
create table folders (
    id         uuid primary key,
    user_id    uuid        not null references users on delete cascade,
    parent_id  uuid references folders,
    job_id     uuid references jobs on delete set null, -- whose files it was made for
    name       text        not null check (octet_length(name) <= 255),
    sort_key   text collate "C" not null, -- the name with its numbers comparable
    words      tsvector    not null,
    made       boolean     not null,      -- by the user
    created_at timestamptz not null,
    check ((parent_id is null) = (id = user_id)),
    check (parent_id is null or name <> '')
);
create unique index folders_by_name on folders (parent_id, name);
create index folders_by_order on folders (parent_id, sort_key, id);
create index folders_by_user on folders (user_id, sort_key, id);
create unique index folders_by_job on folders (job_id) where job_id is not null;
create index folders_by_word on folders using gin (words);

-- A file without a folder has no place yet; its name is the last part of its path.
-- Each word begins with the key of its owner, so that a search reads no one
-- else's.
alter table files
    add column folder_id uuid references folders on delete set null,
    add column name      text not null default '',
    add column sort_key  text collate "C" not null default '',
    add column kind      text not null default '',
    add column words     tsvector;
-- rolling: older programs leave the folder empty, which no row of this index is
create unique index files_by_name on files (folder_id, name) where folder_id is not null;
create index files_by_order on files (folder_id, sort_key, id) where folder_id is not null;
create index files_by_size on files (folder_id, size, id) where folder_id is not null;
create index files_by_date on files (folder_id, stored_at, id) where folder_id is not null;
create index files_by_user on files (user_id, sort_key, id) where folder_id is not null;
create index files_by_kind on files (user_id, kind, sort_key, id) where folder_id is not null;
create index files_by_word on files using gin (words) where words is not null;
create index files_without_place on files (job_id) where folder_id is null and state in ('stored', 'lost');
