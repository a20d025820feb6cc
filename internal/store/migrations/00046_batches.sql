-- +goose Up
-- Submits of many sources by one request, and what became of each source, so that
-- a repeated request gets the same answer.
create table submit_batches (
    user_id      uuid        not null references users on delete cascade,
    key          text        not null check (length(key) between 1 and 255),
    id           uuid        not null,
    request_hash bytea       not null,
    verdicts     jsonb check (jsonb_typeof(verdicts) = 'array'), -- null until all are known
    created_at   timestamptz not null,
    primary key (user_id, key)
);
create index submit_batches_by_created on submit_batches (created_at);

-- What a user has of an address already; info hashes have an index of their own.
create index jobs_by_address on jobs (user_id, md5(source_uri)) where source_kind = 'url' and delete_at is null;
