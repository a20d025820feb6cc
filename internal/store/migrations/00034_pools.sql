-- +goose Up
-- Pools: an agent with a pool serves only the accounts that are bound to it, and
-- one without a pool those that are bound to none.
alter table agents add column pool text not null default '' check (length(pool) <= 40);
alter table plans add column agent_pool text not null default '' check (length(agent_pool) <= 40);
alter table users add column agent_pool text check (length(agent_pool) between 1 and 40); -- null is what the plan says

-- As before, and with the pool that counts for the account.
create or replace view user_plans as
    select u.id as user_id, p.id, p.name,
        nullif(coalesce(o.max_running_jobs, p.max_running_jobs), -1) as max_running_jobs,
        nullif(coalesce(o.storage_bytes, p.storage_bytes), -1) as storage_bytes,
        nullif(coalesce(o.bandwidth_bytes, p.bandwidth_bytes), -1) as bandwidth_bytes,
        nullif(coalesce(o.max_job_bytes, p.max_job_bytes), -1) as max_job_bytes,
        nullif(coalesce(o.retention_days, p.retention_days), -1) as retention_days,
        p.is_default, p.public, p.position, p.created_at, p.updated_at,
        nullif(coalesce(o.max_files, p.max_files), -1) as max_files, p.version, p.retired_at,
        coalesce(u.agent_pool, p.agent_pool) as agent_pool
    from users u
    left join plan_assignments a on a.user_id = u.id and a.ended_at is null
    join plans p on p.id = coalesce(a.plan_id, (select d.id from plans d where d.is_default))
    left join plan_overrides o on o.user_id = u.id and (o.expires_at is null or o.expires_at > now());
