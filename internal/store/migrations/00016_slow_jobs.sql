-- +goose Up
-- A job that is slow while others wait gives its slot up.
alter table job_progress add column slow_since timestamptz;
create table slot_yields (
    job_id uuid primary key references jobs on delete cascade,
    asked_at timestamptz not null,
    times int not null check (times > 0)
);
alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check
    check (kind in ('start', 'admit', 'cancel', 'purge', 'track', 'retry', 'mail', 'yield'));
