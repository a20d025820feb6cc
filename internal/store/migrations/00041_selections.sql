-- +goose Up
-- Files that a user chose in the library to download as one zip, under the names
-- that they had then. Its link works as long as its row is there.
create table selections (
    id         uuid primary key,
    user_id    uuid        not null references users on delete cascade,
    name       text        not null,
    files      uuid[]      not null,
    names      text[]      not null check (cardinality(names) = cardinality(files)),
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index selections_by_user on selections (user_id, created_at);
create index selections_by_end on selections (expires_at);
