-- +goose Up
-- What users are told of their jobs, in the app.
create table notifications (
    id            uuid primary key,
    user_id       uuid        not null references users on delete cascade,
    event         text        not null,
    job_id        uuid references jobs on delete set null,
    webhook_id    uuid,
    name          text        not null,
    reason_code   text        not null default '',
    reason_params jsonb,
    created_at    timestamptz not null,
    read_at       timestamptz
);
create index notifications_by_user on notifications (user_id, created_at desc, id desc);
create index notifications_unread on notifications (user_id) where read_at is null;
create index notifications_by_age on notifications (created_at);
create index notifications_by_job on notifications (job_id) where job_id is not null;

-- Of which events a user gets mails; none without a row.
create table notification_settings (
    user_id uuid primary key references users on delete cascade,
    mail    jsonb not null
);

-- Addresses to which users have events sent. The address and the secret that
-- signs are sealed together.
create table webhooks (
    id            uuid primary key,
    user_id       uuid        not null references users on delete cascade,
    name          text        not null check (char_length(name) between 1 and 100),
    host          text        not null,
    sealed        text        not null,
    events        jsonb       not null,
    enabled       boolean     not null,
    off_reason    text        not null default '',
    failing_since timestamptz,
    created_at    timestamptz not null,
    updated_at    timestamptz not null
);
create index webhooks_by_user on webhooks (user_id, created_at);

-- What is or was sent to them. A replay has the message id of what it repeats.
create table webhook_deliveries (
    id          uuid primary key,
    webhook_id  uuid        not null references webhooks on delete cascade,
    message_id  uuid        not null,
    event       text        not null,
    body        text        not null,
    state       text        not null check (state in ('queued', 'delivered', 'failed')),
    attempts    int         not null default 0,
    status      int         not null default 0,
    error       text        not null default '',
    created_at  timestamptz not null,
    tried_at    timestamptz,
    ended_at    timestamptz,
    restarted_at timestamptz
);
create index webhook_deliveries_by_webhook on webhook_deliveries (webhook_id, created_at desc, id desc);
create index webhook_deliveries_open on webhook_deliveries (created_at) where state = 'queued';
create index webhook_deliveries_ended on webhook_deliveries (ended_at) where ended_at is not null;

create table webhook_attempts (
    delivery_id uuid        not null references webhook_deliveries on delete cascade,
    n           int         not null,
    at          timestamptz not null,
    took        bigint      not null, -- nanoseconds
    status      int         not null,
    error       text        not null,
    primary key (delivery_id, n)
);

-- Added to whatever kinds there are: other changes add theirs.
-- +goose StatementBegin
do $$
declare kinds text;
begin
    select replace(pg_get_constraintdef(oid), 'ARRAY[', 'ARRAY[''webhook''::text, ') into strict kinds
    from pg_constraint where conname = 'outbox_kind_check' and conrelid = 'outbox'::regclass;
    alter table outbox drop constraint outbox_kind_check;
    execute 'alter table outbox add constraint outbox_kind_check ' || kinds;
end $$;
-- +goose StatementEnd
