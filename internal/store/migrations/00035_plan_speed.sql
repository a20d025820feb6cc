-- +goose Up
-- How fast one download of an account may fetch, in bytes per second; null is no
-- limit. The least is that of agents: below it, transfers would stall.
alter table plans add column rate_limit bigint check (rate_limit >= 65536);
alter table plan_overrides add column rate_limit bigint check (rate_limit = -1 or rate_limit >= 65536);

drop view user_plans;
create view user_plans as
    select u.id as user_id, p.id, p.name,
        nullif(coalesce(o.max_running_jobs, p.max_running_jobs), -1) as max_running_jobs,
        nullif(coalesce(o.storage_bytes, p.storage_bytes), -1) as storage_bytes,
        nullif(coalesce(o.bandwidth_bytes, p.bandwidth_bytes), -1) as bandwidth_bytes,
        nullif(coalesce(o.max_job_bytes, p.max_job_bytes), -1) as max_job_bytes,
        nullif(coalesce(o.retention_days, p.retention_days), -1) as retention_days,
        p.is_default, p.public, p.position, p.created_at, p.updated_at,
        nullif(coalesce(o.max_files, p.max_files), -1) as max_files, p.version, p.retired_at,
        coalesce(u.agent_pool, p.agent_pool) as agent_pool, nullif(coalesce(o.rate_limit, p.rate_limit), -1) as rate_limit
    from users u
    left join plan_assignments a on a.user_id = u.id and a.ended_at is null
    join plans p on p.id = coalesce(a.plan_id, (select d.id from plans d where d.is_default))
    left join plan_overrides o on o.user_id = u.id and (o.expires_at is null or o.expires_at > now());
