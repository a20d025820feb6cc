-- +goose Up
-- A workflow asks for a transfer by an attempt that is wanted; the placement loop
-- gives it to a provider. due_at is when that loop looks at an attempt next.
alter table job_attempts
    drop constraint job_attempts_state_check,
    drop constraint job_attempts_place,
    add constraint job_attempts_state_check check (state in ('wanted', 'open', 'done', 'failed', 'superseded')),
    add constraint job_attempts_place check ((agent_id is null or provider = 'agent')
        and (state <> 'open' or provider = 'seedr' or agent_id is not null)),
    add column elsewhere boolean not null default false,
    add column tries int not null default 0 check (tries >= 0),
    add column wanted_at timestamptz,
    add column due_at timestamptz;
update job_attempts set wanted_at = started_at;
alter table job_attempts alter column wanted_at set not null;
drop index job_attempts_one_open;
create unique index job_attempts_one_live on job_attempts (job_id) where state in ('wanted', 'open');
create index job_attempts_due on job_attempts (due_at) where due_at is not null;
create index job_attempts_wanted on job_attempts (beat_at) where state = 'wanted';
