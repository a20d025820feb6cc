-- +goose Up
-- What was asked for by an e-mail address and is looked into after the answer:
-- the same row for every address, whether or not it has an account. A row is
-- deleted with what it leads to, and holds nothing that is secret but the hash
-- of a password.
create table account_requests (
    id            bigint generated always as identity primary key,
    kind          text        not null check (kind in ('register', 'verification', 'reset', 'email')),
    email         text        not null check (email = lower(email)),
    user_id       uuid references users on delete cascade check ((user_id is not null) = (kind = 'email')),
    password_hash text        not null default '' check ((password_hash <> '') = (kind = 'register')),
    link_id       uuid        not null,
    link_hash     bytea       not null check (length(link_hash) = 32),
    link_seconds  int         not null check (link_seconds > 0),
    attempts      int         not null default 0,
    next_at       timestamptz not null,
    last_error    text        not null default '',
    created_at    timestamptz not null
);
create index account_requests_due on account_requests (next_at, id);
create index account_requests_by_email on account_requests (email, id);
