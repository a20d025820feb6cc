-- +goose Up
-- What one account is allowed instead of its plan's limits. Null is what the plan
-- says, and -1 no limit. One that has expired stays until it is replaced, and does
-- nothing.
create table plan_overrides (
    user_id          uuid primary key references users on delete cascade,
    max_running_jobs int check (max_running_jobs = -1 or max_running_jobs between 1 and 10000),
    storage_bytes    bigint check (storage_bytes >= -1),
    bandwidth_bytes  bigint check (bandwidth_bytes >= -1),
    max_job_bytes    bigint check (max_job_bytes = -1 or max_job_bytes >= 1),
    max_files        int check (max_files >= -1),
    retention_days   int check (retention_days = -1 or retention_days between 1 and 36500),
    reason           text        not null,
    created_by       uuid        references users on delete set null,
    created_at       timestamptz not null,
    expires_at       timestamptz -- null is for good
);

alter table plans add column version bigint not null default 1, add column retired_at timestamptz;

-- The limits that count: everything that asks what an account may have reads them
-- here. A column that plans get later belongs here too.
drop view user_plans;
create view user_plans as
    select u.id as user_id, p.id, p.name,
        nullif(coalesce(o.max_running_jobs, p.max_running_jobs), -1) as max_running_jobs,
        nullif(coalesce(o.storage_bytes, p.storage_bytes), -1) as storage_bytes,
        nullif(coalesce(o.bandwidth_bytes, p.bandwidth_bytes), -1) as bandwidth_bytes,
        nullif(coalesce(o.max_job_bytes, p.max_job_bytes), -1) as max_job_bytes,
        nullif(coalesce(o.retention_days, p.retention_days), -1) as retention_days,
        p.is_default, p.public, p.position, p.created_at, p.updated_at,
        nullif(coalesce(o.max_files, p.max_files), -1) as max_files, p.version, p.retired_at
    from users u
    left join plan_assignments a on a.user_id = u.id and a.ended_at is null
    join plans p on p.id = coalesce(a.plan_id, (select d.id from plans d where d.is_default))
    left join plan_overrides o on o.user_id = u.id and (o.expires_at is null or o.expires_at > now());

-- Who has a plan now.
create index plan_assignments_by_plan on plan_assignments (plan_id) where ended_at is null;

-- Open jobs that were paused because their owner's account was disabled.
alter table jobs add column halted boolean not null default false;
create index jobs_halted on jobs (user_id) where halted;
create index users_disabled on users (id) where disabled_at is not null;

-- What everyone who is signed in reads above every page: one at a time.
create table announcement (
    one         boolean primary key default true check (one),
    id          uuid        not null, -- of this text, for those who have dismissed it
    text        text        not null check (length(text) between 1 and 500),
    level       text        not null check (level in ('info', 'warning')),
    starts_at   timestamptz not null,
    ends_at     timestamptz, -- null is until it is removed
    dismissible boolean     not null,
    public      boolean     not null, -- shown before sign-in, too
    created_by  uuid        references users on delete set null,
    created_at  timestamptz not null
);
