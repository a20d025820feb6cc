-- +goose Up
-- What is stored, by day, owner, type and age. A schedule sums it up, so that no
-- page has to read all files.
create table storage_days (
    day            date   primary key, -- UTC
    files          bigint not null,    -- rows of stored files
    bytes          bigint not null,
    bucket_objects bigint,             -- what the last sweep saw in the bucket; null before the first
    bucket_bytes   bigint
);

create table storage_shares (
    kind    text   not null check (kind in ('type', 'age')),
    name    text   not null,
    files   bigint not null,
    bytes   bigint not null,
    primary key (kind, name)
);

create table storage_users (
    user_id     uuid primary key references users on delete cascade,
    files       bigint      not null,
    bytes       bigint      not null,
    week_jobs   bigint      not null default 0, -- which expire within 7 days
    week_bytes  bigint      not null default 0,
    month_jobs  bigint      not null default 0, -- within 30 days, those of the week included
    month_bytes bigint      not null default 0,
    taken_at    timestamptz not null
);
create index storage_users_by_bytes on storage_users (bytes, user_id);
create index storage_users_by_month on storage_users (month_bytes, user_id) where month_jobs > 0;

alter table storage_state
    add column bucket_objects bigint,
    add column bucket_bytes   bigint,
    add column summed_at      timestamptz,
    add column check_days     bigint not null default 0 check (check_days between 0 and 365), -- between scheduled checks of contents; 0 is none
    add column check_percent  bigint not null default 5 check (check_percent between 1 and 100);

create index jobs_all_by_used on jobs (quota_used, id) where quota_used > 0 and delete_at is null;
create index files_lost_by_id on files (id) where state = 'lost';

-- An administrator's search for what has no row, or no object, and what became
-- of each thing that it found.
create table storage_cleanups (
    id           uuid primary key,
    actor_kind   text        not null,
    actor_id     uuid        references users on delete set null,
    actor_ip     text        not null default '',
    kinds        jsonb       not null,
    grace        bigint      not null check (grace > 0), -- nanoseconds
    state        text        not null check (state in ('looking', 'found', 'removing', 'done', 'stopped')),
    halted       text        not null default '',
    scanned      bigint      not null default 0,
    total        bigint      not null default 0,
    bytes        bigint      not null default 0,
    removed      bigint      not null default 0,
    removed_bytes bigint     not null default 0,
    spared       bigint      not null default 0,
    failed       bigint      not null default 0,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    confirmed_at timestamptz,
    ended_at     timestamptz
);
create index storage_cleanups_by_created on storage_cleanups (created_at desc, id);
create unique index storage_cleanups_one_at_work on storage_cleanups ((true)) where state in ('looking', 'removing');

create table storage_cleanup_items (
    cleanup_id  uuid        not null references storage_cleanups on delete cascade,
    n           bigint      not null generated always as identity,
    kind        text        not null check (kind in ('object', 'upload', 'row')),
    key         text        not null,
    upload_id   text        not null default '',
    size        bigint      not null,
    modified_at timestamptz not null,
    state       text        not null check (state in ('found', 'removed', 'spared', 'failed')),
    why         text        not null default '',
    tries       smallint    not null default 0,
    acted_at    timestamptz,
    primary key (cleanup_id, n),
    unique (cleanup_id, key, upload_id)
);
create index storage_cleanup_items_by_state on storage_cleanup_items (cleanup_id, state, n);
create index storage_cleanup_items_found on storage_cleanup_items (cleanup_id, tries, n) where state = 'found';

-- The checksum of a whole object, joined from those of its parts; empty for what
-- was stored before, until a check reads it.
alter table files add column crc32c text not null default '';

create table content_checks (
    id         uuid primary key,
    actor_kind text        not null,
    actor_id   uuid        references users on delete set null,
    actor_ip   text        not null default '',
    percent    int         not null check (percent between 1 and 100),
    rate       bigint      not null check (rate > 0),
    state      text        not null check (state in ('reading', 'done', 'stopped')),
    after      uuid        not null,
    read       bigint      not null default 0,
    bytes      bigint      not null default 0,
    damaged    bigint      not null default 0,
    noted      bigint      not null default 0,
    unread     bigint      not null default 0,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    ended_at   timestamptz
);
create index content_checks_by_created on content_checks (created_at desc, id);
create unique index content_checks_one_at_work on content_checks ((true)) where state = 'reading';

create table damaged_files (
    file_id  uuid primary key references files on delete cascade,
    found_at timestamptz not null
);

-- The column approved of orphans stays for one more release: the programs of the
-- one before still read it.

alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check
    check (kind in ('start', 'admit', 'cancel', 'purge', 'track', 'retry', 'mail', 'yield', 'ask', 'chosen', 'keep', 'bulk', 'cleanup', 'check'));
