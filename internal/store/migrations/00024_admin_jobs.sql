-- +goose Up
-- The agent of the newest attempt, for lists.
alter table jobs add column agent_id uuid references agents on delete set null;
update jobs j set agent_id = a.agent_id from job_attempts a where a.job_id = j.id and a.epoch = j.epoch and a.agent_id is not null;
create index jobs_all_by_agent on jobs (agent_id, created_at, id) where agent_id is not null;

-- Administrators list, filter and sort the jobs of all users. Each index is an
-- order of that list, or a filter together with its usual order; names are
-- searched by jobs_name_search, owners and hashes by the indexes that they have.
create index jobs_all_by_created on jobs (created_at, id) where delete_at is null;
create index jobs_all_by_name on jobs (lower(name), id) where delete_at is null;
create index jobs_all_by_size on jobs (coalesce(size, -1), id) where delete_at is null;
create index jobs_all_by_state on jobs (state, created_at, id) where delete_at is null;
create index jobs_all_by_reason on jobs (reason_code, created_at, id) where delete_at is null;
create index jobs_all_by_problem on jobs (problem, created_at, id) where problem <> '' and delete_at is null;
create index jobs_all_by_provider on jobs (provider, created_at, id) where delete_at is null;
