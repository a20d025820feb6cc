-- +goose Up
-- A page that shows files of a user to everyone who has its address.
create table shares (
    id            uuid primary key,
    user_id       uuid        not null references users on delete cascade,
    token_hash    bytea       not null unique check (length(token_hash) = 32),
    name          text        not null check (length(name) between 1 and 200),
    view_only     boolean     not null default false,
    password_hash text        not null default '',
    epoch         int         not null default 0, -- grows with the password's changes
    max_downloads bigint check (max_downloads between 1 and 1000000), -- null is no limit
    visits        bigint      not null default 0,
    downloads     bigint      not null default 0,
    created_at    timestamptz not null,
    expires_at    timestamptz, -- null is never
    revoked_at    timestamptz,
    last_visit_at timestamptz
);
create index shares_by_user on shares (user_id, created_at, id);
create index shares_by_end on shares (least(expires_at, revoked_at)) where expires_at is not null or revoked_at is not null;

-- What a share shows: all of a job, a folder of it, or a file. Files show under
-- their path without its first bytes, below the label.
create table share_items (
    share_id uuid not null references shares on delete cascade,
    position int  not null check (position >= 0),
    job_id   uuid not null references jobs on delete cascade,
    file_id  uuid references files on delete cascade, -- null is a folder, or all of the job
    folder   text not null default '', -- empty is all of the job
    label    text not null default '',
    strip    int  not null default 0 check (strip >= 0),
    primary key (share_id, position)
);
create index share_items_by_job on share_items (job_id);
create index share_items_by_file on share_items (file_id) where file_id is not null;

-- What a visitor was counted for, so that the rest of it is free.
create table share_downloads (
    share_id uuid        not null references shares on delete cascade,
    visit_id uuid        not null,
    item_id  uuid        not null, -- the file, or the share for all of it as a zip
    at       timestamptz not null,
    primary key (share_id, visit_id, item_id)
);
create index share_downloads_by_time on share_downloads (at);
