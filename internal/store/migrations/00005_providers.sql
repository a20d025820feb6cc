-- +goose Up
-- Where a job may move by itself; empty is the deployment's policy.
alter table jobs add column failover text not null default ''
    check (failover in ('', 'none', 'agent_to_seedr', 'seedr_to_agent', 'both'));
create index jobs_waiting_seedr on jobs (created_at, id)
    where state = 'queued' and admitted_at is null and delete_at is null and provider = 'seedr';

-- An attempt runs on an agent or on Seedr, which has no agent.
alter table job_attempts
    alter column agent_id drop not null,
    add column provider text not null default 'agent' check (provider in ('agent', 'seedr')),
    add column provider_ref text not null default '',
    add constraint job_attempts_place check ((provider = 'agent') = (agent_id is not null));
create index job_attempts_open_seedr on job_attempts (started_at) where state = 'open' and provider = 'seedr';

-- History of the provider settings; the newest row holds. Nothing in it is
-- secret: credentials come from the environment only.
create table provider_configs (
    id            bigint generated always as identity primary key,
    from_provider text        not null check (from_provider in ('agent', 'seedr')),
    provider      text        not null check (provider in ('agent', 'seedr')),
    options       jsonb check (jsonb_typeof(options) = 'object'),
    changed_by    uuid references users on delete set null,
    verified      jsonb,
    created_at    timestamptz not null
);

-- What is known of the deployment's one Seedr account, as the worker last saw
-- it, and the budget of calls and circuit breaker that all workers share.
create table seedr_account (
    one              boolean primary key default true check (one),
    configured       boolean     not null default false,
    credentials_from text        not null default '' check (credentials_from in ('', 'environment', 'file')),
    plan             text        not null default '',
    slots            int         not null default 0 check (slots >= 0),
    slots_from       text        not null default '' check (slots_from in ('', 'configuration', 'plan', 'refusal')),
    others           int         not null default 0 check (others >= 0),
    space_max        bigint      not null default 0,
    space_used       bigint      not null default 0,
    ok_at            timestamptz,
    failed_since     timestamptz,
    problem          text        not null default '',
    message          text        not null default '',
    full_until       timestamptz,
    shared           jsonb,
    updated_at       timestamptz not null default now()
);
insert into seedr_account default values;

-- The torrents on the Seedr account that belong to jobs. A row outlives its
-- jobs until the account holds nothing of it any more.
create table seedr_items (
    info_hash     text primary key check (info_hash ~ '^[0-9a-f]{40}$'),
    transfer_id   bigint           not null default 0,
    folder_id     bigint           not null default 0,
    file_id       bigint           not null default 0,
    title         text             not null default '',
    size          bigint           not null default -1,
    progress      double precision not null default 0,
    progressed_at timestamptz      not null,
    before        jsonb check (jsonb_typeof(before) = 'array'),
    files         jsonb,
    added_at      timestamptz      not null,
    done_at       timestamptz,
    seen_at       timestamptz      not null,
    released      boolean          not null default false
);
