-- +goose Up

-- The handle names the account to authenticators: random, so that it tells
-- nothing of its owner, and the same for all its passkeys; empty until the
-- first was begun. passkeys is how many there are; it changes in the
-- transactions that change them.
alter table users
    add column passkey_handle bytea not null default '' check (length(passkey_handle) in (0, 32)),
    add column passkeys       int not null default 0 check (passkeys >= 0),
    add constraint users_passkeys check (passkeys = 0 or passkey_handle <> '');
create unique index users_by_passkey_handle on users (passkey_handle) where passkey_handle <> '';

-- rp_id is the host that a passkey was made for; browsers use it nowhere else.
create table passkeys (
    id              uuid primary key,
    user_id         uuid        not null references users on delete cascade,
    rp_id           text        not null check (length(rp_id) between 1 and 253),
    credential_id   bytea       not null unique check (length(credential_id) between 1 and 1023),
    public_key      bytea       not null check (length(public_key) between 1 and 4096),
    sign_count      bigint      not null check (sign_count between 0 and 4294967295),
    transports      jsonb check (transports is not null and jsonb_typeof(transports) = 'array'),
    aaguid          uuid        not null,
    backup_eligible boolean     not null,
    backed_up       boolean     not null,
    name            text        not null check (length(name) between 1 and 100),
    created_at      timestamptz not null,
    last_used_at    timestamptz,
    check (backup_eligible or not backed_up)
);
create index passkeys_user on passkeys (user_id, created_at);

-- A ceremony that was begun. hash is that of its challenge; binding ties it to
-- the session, the begun sign-in or the browser that asked for it. state is
-- what the end of the ceremony is checked against. The row goes when it is used.
create table passkey_challenges (
    hash       bytea primary key check (length(hash) = 32),
    purpose    text        not null check (purpose in ('register', 'confirm', 'second_factor', 'sign_in')),
    user_id    uuid references users on delete cascade,
    binding    bytea       not null check (length(binding) = 32),
    state      jsonb       not null,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at),
    check ((purpose = 'sign_in') = (user_id is null))
);
create index passkey_challenges_user on passkey_challenges (user_id);
create index passkey_challenges_expiry on passkey_challenges (expires_at);
