-- +goose Up
-- Traces go on where the database hands work over: what waits keeps the place of
-- who asked for it, as a W3C traceparent, while traces are on.
alter table outbox add column trace text not null default '';
alter table job_attempts add column trace text not null default '';

-- What the workers' metrics say of the database. One worker at a time takes them,
-- and the others read them here.
create table figures (
    one      boolean primary key default true check (one),
    due_at   timestamptz not null,
    taken_at timestamptz,
    data     jsonb       not null default '{}' check (jsonb_typeof(data) = 'object')
);
insert into figures (due_at) values (now());
-- The mails that wait are few among those that are kept.
create index mails_queued on mails (created_at) where state = 'queued';
