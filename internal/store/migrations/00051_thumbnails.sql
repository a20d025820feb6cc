-- +goose Up
-- Which files have a thumbnail in storage, and which can have none.
create table thumbnails (
    file_id  uuid primary key references files on delete cascade,
    state    text        not null check (state in ('trying', 'made', 'none')),
    attempts int         not null,
    tried_at timestamptz not null
);
