-- +goose Up
-- The trash. A job with delete_at is hidden everywhere; one with trash_until, too,
-- is in the trash and can be restored until then. Without trash_until it goes for
-- good. A file in the state 'trashed' is in the trash, until trash_until; one that
-- is 'deleted' has trash_until until its object is gone.
alter table jobs add column trash_until timestamptz;
alter table files
    add column trashed_at  timestamptz,
    add column trash_until timestamptz;

alter table files drop constraint files_state_check;
alter table files add constraint files_state_check
    check (state in ('pending', 'stored', 'skipped', 'lost', 'trashed', 'deleted'));

create index jobs_in_trash on jobs (user_id, delete_at desc, id desc) where trash_until is not null;
create index jobs_trash_due on jobs (id, trash_until) where trash_until is not null;
create index files_in_trash on files (user_id, trashed_at desc, id desc) where state = 'trashed';
create index files_trash_due on files (job_id, trash_until) where trash_until is not null;

-- +goose StatementBegin
create function refuse_trashed() returns trigger language plpgsql as $$
begin
    raise exception 'job % is in the trash', old.id using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd
-- rolling: it refuses only what a worker of the release before would do wrong: purge a job that can still be restored
create trigger jobs_in_trash_stay before delete on jobs
    for each row when (old.trash_until is not null) execute function refuse_trashed();
