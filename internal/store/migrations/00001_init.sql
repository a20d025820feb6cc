-- +goose Up
create table users (
    id            uuid primary key,
    email         text        not null unique check (email = lower(email) and length(email) between 3 and 254),
    password_hash text        not null,
    role          text        not null check (role in ('user', 'admin')),
    disabled_at   timestamptz,
    created_at    timestamptz not null
);

create table sessions (
    id_hash      bytea primary key check (length(id_hash) = 32),
    user_id      uuid        not null references users on delete cascade,
    created_at   timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at   timestamptz not null,
    ip           text        not null,
    user_agent   text        not null
);
create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);

-- Single-use secrets, stored hashed: the first admin's set-up link now, e-mail
-- verification and password reset later.
create table one_time_tokens (
    hash       bytea primary key check (length(hash) = 32),
    kind       text        not null check (kind in ('setup')),
    user_id    uuid references users on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);

create table agents (
    id              uuid primary key,
    name            text        not null unique check (length(name) between 1 and 100),
    url             text        not null,
    credential_hash bytea       not null unique check (length(credential_hash) = 32),
    boot_epoch      bigint      not null default 0,
    state           text        not null check (state in ('active', 'cordoned', 'draining')),
    capacity        int         not null check (capacity between 1 and 10000),
    running         int         not null default 0 check (running >= 0),
    disk_free       bigint      not null default 0,
    disk_total      bigint      not null default 0,
    version         text        not null default '',
    last_seen_at    timestamptz,
    lost_at         timestamptz,
    created_at      timestamptz not null
);

create table agent_heartbeats (
    agent_id  uuid        not null references agents on delete cascade,
    at        timestamptz not null,
    running   int         not null,
    disk_free bigint      not null,
    down_rate bigint      not null,
    primary key (agent_id, at)
);

create table enrolment_tokens (
    hash       bytea primary key check (length(hash) = 32),
    name       text        not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,
    agent_id   uuid references agents on delete set null
);

create table blocked_hashes (
    hash       text primary key check (hash ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
    reason     text        not null,
    created_at timestamptz not null
);

create table jobs (
    id           uuid primary key,
    user_id      uuid        not null references users on delete cascade,
    source_kind  text        not null check (source_kind in ('magnet', 'torrent', 'url')),
    source_uri   text        not null default '',
    info_hash_v1 text check (info_hash_v1 ~ '^[0-9a-f]{40}$'),
    info_hash_v2 text check (info_hash_v2 ~ '^[0-9a-f]{64}$'),
    name         text        not null default '',
    size         bigint check (size >= 0),
    file_count   int         not null default 0 check (file_count >= 0),
    choose_files boolean     not null default false,
    selection    jsonb check (jsonb_typeof(selection) = 'array'),
    private      boolean     not null default false,
    state        text        not null check (state in ('queued', 'resolving', 'awaiting_selection', 'downloading',
        'storing', 'ready', 'paused', 'needs_attention', 'failed', 'cancelled', 'expired')),
    state_since  timestamptz not null,
    reason       text        not null default '',
    problem      text        not null default '',
    next_action  text        not null default '',
    deadline     timestamptz,
    provider     text        not null check (provider in ('agent', 'seedr')),
    epoch        bigint      not null default 0 check (epoch >= 0),
    run          int         not null default 1 check (run >= 1),
    admitted_at  timestamptz,
    delete_at    timestamptz,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    finished_at  timestamptz,
    constraint jobs_finished check ((state in ('ready', 'failed', 'cancelled', 'expired')) = (finished_at is not null)),
    -- A running job holds a slot, and nothing but a running or queued job does.
    constraint jobs_slot check (case state
        when 'resolving' then admitted_at is not null
        when 'downloading' then admitted_at is not null
        when 'storing' then admitted_at is not null
        when 'queued' then true
        else admitted_at is null end)
);
create index jobs_by_created on jobs (user_id, created_at, id) where delete_at is null;
create index jobs_by_state on jobs (user_id, state, created_at, id) where delete_at is null;
create index jobs_by_name on jobs (user_id, lower(name), id) where delete_at is null;
create index jobs_by_size on jobs (user_id, coalesce(size, -1), id) where delete_at is null;
create index jobs_waiting on jobs (user_id, created_at, id) where state = 'queued' and admitted_at is null and delete_at is null;
create index jobs_admitted on jobs (user_id) where admitted_at is not null;
create index jobs_open on jobs (updated_at) where state not in ('ready', 'failed', 'cancelled', 'expired');
-- One user has one open job for a content.
create unique index jobs_one_open_v1 on jobs (user_id, info_hash_v1)
    where delete_at is null and state not in ('ready', 'failed', 'cancelled', 'expired');
create unique index jobs_one_open_v2 on jobs (user_id, info_hash_v2)
    where delete_at is null and state not in ('ready', 'failed', 'cancelled', 'expired');
create index jobs_by_hash_v1 on jobs (info_hash_v1) where info_hash_v1 is not null;
create index jobs_by_hash_v2 on jobs (info_hash_v2) where info_hash_v2 is not null;
create extension if not exists pg_trgm;
create index jobs_name_search on jobs using gin (lower(name) gin_trgm_ops);

-- The metainfo of a torrent source, and what a magnet's metadata resolved to.
create table job_metainfo (
    job_id   uuid primary key references jobs on delete cascade,
    metainfo bytea not null
);

create table idempotency_keys (
    user_id      uuid        not null references users on delete cascade,
    key          text        not null check (length(key) between 1 and 255),
    request_hash bytea       not null,
    job_id       uuid        not null,
    created_at   timestamptz not null,
    primary key (user_id, key)
);

-- Pre-flight answers: what a source turned out to hold, for the user who asked.
create table inspections (
    user_id     uuid        not null references users on delete cascade,
    source_hash bytea       not null,
    manifest    jsonb       not null,
    metainfo    bytea,
    created_at  timestamptz not null,
    primary key (user_id, source_hash)
);

create table job_attempts (
    job_id     uuid        not null references jobs on delete cascade,
    epoch      bigint      not null,
    agent_id   uuid        not null references agents on delete cascade,
    kind       text        not null check (kind in ('resolve', 'download')),
    task_token bytea       not null,
    state      text        not null check (state in ('open', 'done', 'failed', 'superseded')),
    problem    text        not null default '',
    started_at timestamptz not null,
    ended_at   timestamptz,
    beat_at    timestamptz not null,
    primary key (job_id, epoch)
);
create index job_attempts_open on job_attempts (agent_id) where state = 'open';
create unique index job_attempts_one_open on job_attempts (job_id) where state = 'open';

create table job_progress (
    job_id       uuid primary key references jobs on delete cascade,
    phase        text        not null,
    bytes_total  bigint      not null,
    bytes_done   bigint      not null,
    bytes_stored bigint      not null,
    down_rate    bigint      not null,
    up_rate      bigint      not null,
    peers        int         not null,
    seeders      int         not null,
    eta_seconds  bigint,
    waiting      text        not null default '',
    gives_up_at  timestamptz,
    updated_at   timestamptz not null
);

create table job_events (
    id      bigint generated always as identity primary key,
    job_id  uuid        not null,
    user_id uuid        not null references users on delete cascade,
    kind    text        not null,
    state   text        not null,
    problem text        not null default '',
    message text        not null default '',
    at      timestamptz not null
);
create index job_events_by_job on job_events (job_id, id);
create index job_events_by_user on job_events (user_id, id);

create table files (
    id           uuid primary key,
    job_id       uuid        not null references jobs on delete cascade,
    user_id      uuid        not null references users on delete cascade,
    idx          int         not null check (idx >= 0),
    path         text        not null check (length(path) > 0),
    size         bigint      not null check (size >= -1),
    part_size    bigint      not null check (part_size > 0),
    content_type text        not null default 'application/octet-stream',
    state        text        not null check (state in ('pending', 'stored', 'skipped')),
    upload_id    text,
    validator    text        not null default '',
    etag         text        not null default '',
    created_at   timestamptz not null,
    stored_at    timestamptz,
    unique (job_id, idx),
    unique (job_id, path),
    check (state <> 'stored' or (size >= 0 and stored_at is not null))
);
create index files_open_uploads on files (upload_id) where upload_id is not null;

create table file_parts (
    file_id   uuid        not null references files on delete cascade,
    number    int         not null check (number between 1 and 10000),
    size      bigint      not null check (size > 0),
    crc32c    text        not null,
    etag      text        not null,
    stored_at timestamptz not null,
    primary key (file_id, number)
);

create table outbox (
    id         bigint generated always as identity primary key,
    kind       text        not null check (kind in ('start', 'admit', 'cancel', 'purge', 'track', 'retry')),
    ref        uuid        not null,
    attempts   int         not null default 0,
    next_at    timestamptz not null,
    last_error text        not null default '',
    created_at timestamptz not null
);
create index outbox_due on outbox (next_at, id);
create index outbox_by_ref on outbox (ref, id);
