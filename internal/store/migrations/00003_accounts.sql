-- +goose Up

-- An account works once its address is known to be the owner's. The accounts
-- that exist were made by the set-up link and are. The second factor's secret
-- is encrypted; totp_at is null until a first code has shown that it is kept.
alter table users
    add column verified_at timestamptz,
    add column totp_secret text not null default '',
    add column totp_at     timestamptz,
    add column totp_step   bigint not null default 0,
    add column delete_at   timestamptz,
    add constraint users_totp check (totp_at is null or totp_secret <> '');
update users set verified_at = created_at;
create index users_by_created on users (created_at, id);
create index users_to_remove on users (delete_at) where delete_at is not null;

-- When the account last proved who it is in this session.
alter table sessions add column authenticated_at timestamptz;
update sessions set authenticated_at = created_at;
alter table sessions alter column authenticated_at set not null;

-- id is the public name of a link that is listed, such as an invitation.
-- binding is what the account's secrets were when the token was made: it dies
-- with them.
alter table one_time_tokens
    drop constraint one_time_tokens_kind_check,
    add constraint one_time_tokens_kind_check
        check (kind in ('setup', 'verify', 'reset', 'email', 'invitation', 'sign_in')),
    add column id         uuid unique,
    add column email      text     not null default '' check (email = lower(email)),
    add column role       text check (role in ('user', 'admin')),
    add column binding    bytea,
    add column attempts   int      not null default 0,
    add column created_by uuid references users on delete set null;
create index one_time_tokens_user on one_time_tokens (user_id, kind);
create index one_time_tokens_expiry on one_time_tokens (expires_at);

create table recovery_codes (
    user_id uuid  not null references users on delete cascade,
    hash    bytea not null check (length(hash) = 32),
    used_at timestamptz,
    primary key (user_id, hash)
);

create table api_tokens (
    id           uuid primary key,
    user_id      uuid        not null references users on delete cascade,
    name         text        not null check (length(name) between 1 and 100),
    hash         bytea       not null unique check (length(hash) = 32),
    hint         text        not null,
    scopes       jsonb check (scopes is not null and jsonb_typeof(scopes) = 'array' and jsonb_array_length(scopes) between 1 and 4
        and scopes <@ '["jobs:read", "jobs:write", "files:read", "admin"]'),
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    last_used_at timestamptz,
    last_used_ip text        not null default ''
);
create index api_tokens_user on api_tokens (user_id, created_at);
create index api_tokens_expiry on api_tokens (expires_at);

-- What administrators changed about accounts; no row is what the configuration
-- says.
create table account_settings (
    singleton    boolean primary key default true check (singleton),
    registration text        not null check (registration in ('open', 'invitation', 'closed')),
    changed_at   timestamptz not null
);
