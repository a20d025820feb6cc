-- +goose Up
-- What comparing the bucket with the database found.

-- A stored file whose object is no longer in the bucket.
alter table files drop constraint files_state_check;
alter table files add constraint files_state_check check (state in ('pending', 'stored', 'skipped', 'lost'));
create index files_lost on files (job_id) where state = 'lost';

-- The bucket has the same generation. Both change about every hour, so that a
-- database that was restored, and a bucket that was exchanged, are noticed.
create table storage_state (
    id              boolean primary key default true check (id),
    bucket_id       uuid,
    generation      uuid,
    next_generation uuid,
    next_until      timestamptz,
    advanced_at     timestamptz,
    paused          text        not null default '' check (paused in ('', 'restored', 'other_bucket')),
    paused_at       timestamptz,
    seen_bucket_id  uuid,
    seen_generation uuid,
    accepted_at     timestamptz,
    swept_at        timestamptz,
    refused_orphans bigint      not null default 0 check (refused_orphans >= 0),
    checked_at      timestamptz,
    refused_lost    bigint      not null default 0 check (refused_lost >= 0),
    check_all       boolean     not null default false
);
insert into storage_state default values;

-- Objects, and multipart uploads, without a row. They are removed later.
create table orphans (
    key         text        not null check (length(key) > 0),
    upload_id   text        not null default '',
    size        bigint      not null check (size >= 0),
    modified_at timestamptz not null,
    first_seen  timestamptz not null,
    last_seen   timestamptz not null,
    purge_after timestamptz not null,
    approved    boolean     not null default false,
    primary key (key, upload_id)
);
create index orphans_due on orphans (purge_after);
