-- +goose Up
-- When admission last had a round, so that health can tell that it stands still.
create table admission_rounds (
    id boolean primary key default true check (id),
    at timestamptz not null
);
