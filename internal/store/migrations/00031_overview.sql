-- +goose Up
-- How the deployment does, as one API process at a time finds out: the state of
-- each component and since when, and each cause of one that is not well.
create table health_components (
    component text primary key,
    state     text        not null check (state in ('ok', 'off', 'degraded', 'away')),
    since     timestamptz not null
);
create table health_findings (
    cause  text        not null,
    target text        not null,
    count  bigint      not null,
    since  timestamptz not null,
    primary key (cause, target)
);
create table health_rounds (
    one       boolean primary key default true check (one),
    holder    uuid        not null, -- the process that looks
    at        timestamptz not null,
    summed_at timestamptz         -- when it last summed up traffic_hours
);

-- What moved in each hour. Deliveries are added as they happen; the rest is
-- summed up from ledger and heartbeats, and can be again.
create table traffic_hours (
    hour      timestamptz primary key,
    fetched   bigint not null default 0,
    stored    bigint not null default 0,
    delivered bigint not null default 0,
    finished  bigint not null default 0
);

-- How many bytes a second an agent's transfers may fetch together; 0 is no limit.
alter table agents add column rate_limit bigint not null default 0 check (rate_limit >= 0);

-- The overview counts open jobs by reason, and what ended or broke lately, from
-- indexes alone.
create index jobs_open_by_reason on jobs (state, reason_code)
    where admitted_at is null and delete_at is null and state in ('queued', 'awaiting_selection', 'paused', 'needs_attention');
create index jobs_slots_by_state on jobs (state) where admitted_at is not null and delete_at is null;
create index jobs_faults_by_time on jobs (state_since, problem)
    where problem <> '' and delete_at is null and state in ('needs_attention', 'failed');
create index jobs_ended_by_time on jobs (finished_at, state) where finished_at is not null and state in ('ready', 'failed');
create index mails_failed on mails (ended_at) where state = 'failed';
