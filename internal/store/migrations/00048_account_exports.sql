-- +goose Up
-- Exports of all that is stored about an account: a zip in storage under exports/.
create table account_exports (
    id         uuid primary key,
    user_id    uuid        not null references users on delete cascade,
    state      text        not null check (state in ('queued', 'ready')),
    size       bigint      not null default 0 check (size >= 0),
    etag       text        not null default '',
    created_at timestamptz not null,
    ready_at   timestamptz,
    expires_at timestamptz,
    constraint account_exports_ready check ((state = 'ready') = (ready_at is not null and expires_at is not null))
);
create unique index account_exports_one on account_exports (user_id) where state = 'queued';
create index account_exports_by_user on account_exports (user_id, created_at desc);
create index account_exports_by_end on account_exports (expires_at) where state = 'ready';

-- Added to whatever kinds there are: other changes add theirs.
-- +goose StatementBegin
do $$
declare kinds text;
begin
    select replace(pg_get_constraintdef(oid), 'ARRAY[', 'ARRAY[''export''::text, ') into strict kinds
    from pg_constraint where conname = 'outbox_kind_check' and conrelid = 'outbox'::regclass;
    alter table outbox drop constraint outbox_kind_check;
    execute 'alter table outbox add constraint outbox_kind_check ' || kinds;
end $$;
-- +goose StatementEnd
