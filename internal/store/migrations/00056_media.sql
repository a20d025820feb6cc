-- +goose Up
-- What is known of how media files play. Files that nobody asked about have no row.
create table media (
    file_id  uuid primary key references files on delete cascade,
    state    text        not null check (state in ('waiting', 'read', 'unreadable', 'off')),
    problem  text        not null default '',
    info     jsonb,
    keys     bytea,                            -- key frames, microseconds: distances as varints
    attempts int         not null default 0,
    tried_at timestamptz,
    asked_at timestamptz not null,
    check ((state = 'read') = (info is not null))
);

-- Added to whatever kinds there are: other changes add theirs.
-- +goose StatementBegin
do $$
declare kinds text;
begin
    select replace(pg_get_constraintdef(oid), 'ARRAY[', 'ARRAY[''media''::text, ') into strict kinds
    from pg_constraint where conname = 'outbox_kind_check' and conrelid = 'outbox'::regclass;
    alter table outbox drop constraint outbox_kind_check;
    execute 'alter table outbox add constraint outbox_kind_check ' || kinds;
end $$;
-- +goose StatementEnd
