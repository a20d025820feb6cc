-- +goose Up
alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check
    check (kind in ('start', 'admit', 'cancel', 'purge', 'track', 'retry', 'mail'));

-- Mails that were decided on. A row holds no secret: the token of a link is
-- derived from token_id when the mail is sent.
create table mails (
    id         uuid primary key,
    user_id    uuid references users on delete set null,
    recipient  text        not null check (length(recipient) between 3 and 254),
    kind       text        not null check (length(kind) between 1 and 50),
    token_id   uuid,
    params     jsonb check (jsonb_typeof(params) = 'object'),
    state      text        not null check (state in ('queued', 'sent', 'failed')),
    attempts   int         not null default 0 check (attempts >= 0),
    last_error text        not null default '',
    created_at timestamptz not null,
    expires_at timestamptz,
    ended_at   timestamptz,
    constraint mails_ended check ((state = 'queued') = (ended_at is null))
);
create index mails_by_user on mails (user_id);
create index mails_by_created on mails (created_at);

-- What came too often, and for how long. Losing it in a crash of the server
-- gives everybody a fresh budget, which is why it costs no write-ahead log.
-- There is no index on the time, so that an update stays on its page.
create unlogged table rate_limits (
    key     bytea primary key check (length(key) = 32),
    full_at timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- Who did what, as a chain: each hash covers the row and the hash before it.
-- before and after keep their text as it was hashed.
create table audit_log (
    id          bigint primary key check (id >= 1),
    at          timestamptz not null,
    actor_id    uuid,
    actor_kind  text        not null check (actor_kind in ('user', 'admin', 'agent', 'system', 'console')),
    action      text        not null check (length(action) between 1 and 100),
    target_kind text        not null,
    target_id   text        not null,
    ip          text        not null,
    before      json,
    after       json,
    prev_hash   bytea       not null check (length(prev_hash) = 32),
    hash        bytea       not null unique check (length(hash) = 32)
);
create index audit_log_by_actor on audit_log (actor_id, id);
create index audit_log_by_action on audit_log (action, id);
create index audit_log_by_target on audit_log (target_kind, target_id, id);

create table security_events (
    id         bigint generated always as identity primary key,
    at         timestamptz not null,
    kind       text        not null check (length(kind) between 1 and 50),
    user_id    uuid,
    ip         text        not null,
    user_agent text        not null,
    detail     text        not null
);
create index security_events_by_user on security_events (user_id, id);
create index security_events_by_kind on security_events (kind, id);
create index security_events_by_ip on security_events (ip, id);
create index security_events_by_time on security_events (at);

-- +goose StatementBegin
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
-- +goose StatementEnd
create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function refuse_change();
create trigger security_events_no_update before update or truncate on security_events
    for each statement execute function refuse_change();

-- Old security events may go; young ones may not.
-- +goose StatementBegin
create function refuse_young() returns trigger language plpgsql as $$
begin
    if old.at > now() - interval '30 days' then
        raise exception '% keeps its rows for 30 days', tg_table_name using errcode = 'insufficient_privilege';
    end if;
    return old;
end $$;
-- +goose StatementEnd
create trigger security_events_no_early_delete before delete on security_events
    for each row execute function refuse_young();
