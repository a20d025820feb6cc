-- +goose Up
-- Limits are null where there is none.
create table plans (
    id               text primary key check (id ~ '^[a-z][a-z0-9-]{0,39}$'),
    name             text        not null check (length(name) between 1 and 60),
    max_running_jobs int check (max_running_jobs between 1 and 10000),
    storage_bytes    bigint check (storage_bytes >= 0),
    bandwidth_bytes  bigint check (bandwidth_bytes >= 0), -- a calendar month, UTC
    max_job_bytes    bigint check (max_job_bytes >= 1),
    retention_days   int check (retention_days between 1 and 36500),
    is_default       boolean     not null default false,
    public           boolean     not null default true,
    position         int         not null default 0,
    created_at       timestamptz not null,
    updated_at       timestamptz not null
);
create unique index plans_one_default on plans (is_default) where is_default;

-- Which plan an account has and had. The open line is the present one; an
-- account without any has the default plan.
create table plan_assignments (
    id          bigint generated always as identity primary key,
    user_id     uuid        not null references users on delete cascade,
    plan_id     text        not null references plans,
    assigned_by uuid references users on delete set null,
    assigned_at timestamptz not null,
    ended_at    timestamptz
);
create index plan_assignments_by_user on plan_assignments (user_id, id);
create unique index plan_assignments_one_open on plan_assignments (user_id) where ended_at is null;

create view user_plans as
    select u.id as user_id, p.*
    from users u
    left join plan_assignments a on a.user_id = u.id and a.ended_at is null
    join plans p on p.id = coalesce(a.plan_id, (select d.id from plans d where d.is_default));

-- An installation that has accounts already keeps their files for ever until
-- an admin decides otherwise: an update must not start to delete.
insert into plans (id, name, max_running_jobs, storage_bytes, bandwidth_bytes, max_job_bytes, retention_days,
    is_default, public, position, created_at, updated_at)
values
    ('free', 'Free', 2, 20 * 1073741824::bigint, 100 * 1073741824::bigint, 10 * 1073741824::bigint,
        case when exists (select from users) then null else 30 end, true, true, 1, now(), now()),
    ('pro', 'Pro', 10, 1024 * 1073741824::bigint, 5120 * 1073741824::bigint, 500 * 1073741824::bigint, null,
        false, true, 2, now(), now()),
    ('unlimited', 'Unlimited', null, null, null, null, null, false, false, 3, now(), now());

insert into plan_assignments (user_id, plan_id, assigned_at)
select id, case role when 'admin' then 'unlimited' else 'free' end, now() from users;

-- What a job needs to hold of its owner's storage, holds for bytes to come,
-- and takes up with stored files.
alter table jobs
    add quota_want     bigint not null default 0 check (quota_want >= 0),
    add quota_reserved bigint not null default 0 check (quota_reserved >= 0),
    add quota_used     bigint not null default 0 check (quota_used >= 0);
create index jobs_deadline on jobs (deadline) where state = 'ready' and delete_at is null;

-- The totals of an account: changed with the job and the ledger in one
-- statement, which also checks the limit.
create table quota_usage (
    user_id    uuid primary key references users on delete cascade,
    used       bigint      not null default 0 check (used >= 0),
    reserved   bigint      not null default 0 check (reserved >= 0),
    updated_at timestamptz not null
);

create table quota_ledger (
    id             bigint generated always as identity primary key,
    user_id        uuid        not null references users on delete cascade,
    job_id         uuid, -- outlives the job; null for a repair of the totals
    kind           text        not null check (kind in ('reserve', 'grow', 'settle', 'release', 'free', 'repair')),
    used_delta     bigint      not null,
    reserved_delta bigint      not null,
    used_after     bigint      not null,
    reserved_after bigint      not null,
    at             timestamptz not null
);
create index quota_ledger_by_user on quota_ledger (user_id, id);
create index quota_ledger_by_job on quota_ledger (job_id, id);
create index quota_ledger_by_time on quota_ledger (at);

-- +goose StatementBegin
create function quota_ledger_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the quota ledger is append-only';
end $$;
-- +goose StatementEnd
create trigger quota_ledger_keeps_lines before update on quota_ledger
    for each row execute function quota_ledger_is_append_only();

create table usage_daily (
    user_id         uuid   not null references users on delete cascade,
    day             date   not null, -- UTC
    bandwidth_bytes bigint not null default 0 check (bandwidth_bytes >= 0),
    storage_bytes   bigint not null default 0, -- taken up at the end of the day, or so far
    stored_bytes    bigint not null default 0, -- settled on the day
    jobs_finished   int    not null default 0,
    primary key (user_id, day)
);

update jobs j set
    quota_used = coalesce((select sum(f.size) from files f where f.job_id = j.id and f.state = 'stored'), 0)
where j.state in ('ready', 'failed', 'cancelled', 'expired');
update jobs set quota_want = size,
    quota_reserved = case when state = 'queued' and admitted_at is null then 0 else size end
where size is not null and state not in ('ready', 'failed', 'cancelled', 'expired', 'awaiting_selection');

insert into quota_usage (user_id, used, reserved, updated_at)
select u.id, coalesce(sum(j.quota_used), 0), coalesce(sum(j.quota_reserved), 0), now()
from users u left join jobs j on j.user_id = u.id group by u.id;
insert into quota_ledger (user_id, job_id, kind, used_delta, reserved_delta, used_after, reserved_after, at)
select user_id, null, 'repair', used, reserved, used, reserved, now() from quota_usage where used > 0 or reserved > 0;
