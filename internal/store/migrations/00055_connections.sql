-- +goose Up
-- The first-party app that holds a token; empty for one that its user copied.
alter table api_tokens add column client text not null default '' check (client in ('', 'extension'));

-- What a user approved for an app until the app fetches its token: hash is that
-- of the code that the redirect carries, challenge that of the secret which the
-- app keeps. The row goes when it is used.
create table connection_codes (
    hash         bytea primary key check (length(hash) = 32),
    user_id      uuid        not null references users on delete cascade,
    client       text        not null,
    name         text        not null check (length(name) between 1 and 100),
    scopes       jsonb check (scopes is not null and jsonb_typeof(scopes) = 'array'),
    redirect_uri text        not null check (length(redirect_uri) between 1 and 200),
    challenge    bytea       not null check (length(challenge) = 32),
    created_at   timestamptz not null,
    expires_at   timestamptz not null check (expires_at > created_at)
);
create index connection_codes_user on connection_codes (user_id);
create index connection_codes_expiry on connection_codes (expires_at);
