-- +goose Up
-- Takedown notices: what a complainant says, what an administrator decided, and
-- how far that is carried out.
create table notices (
    id           uuid primary key,
    reference    text        unique check (reference <> ''), -- of whoever sent or imported it; null for none
    channel      text        not null check (channel in ('mail', 'form', 'admin')),
    state        text        not null check (state in ('received', 'incomplete', 'accepted', 'rejected', 'countered', 'restored', 'upheld', 'withdrawn')),
    name         text        not null default '',
    organisation text        not null default '',
    email        text        not null default '',
    address      text        not null default '',
    works        text        not null default '',
    text         text        not null default '',
    good_faith   boolean     not null default false,
    accuracy     boolean     not null default false,
    signature    text        not null default '',
    note         text        not null default '', -- on the last decision
    actor_kind   text        not null,            -- who decided last, or recorded it
    actor_id     uuid        references users on delete set null,
    actor_ip     text        not null default '',
    received_at  timestamptz not null,
    act_at       timestamptz,                     -- when an administrator should have acted; null while none has to
    decided_at   timestamptz,                     -- first
    ended_at     timestamptz,
    carried_at   timestamptz,                     -- null while blocks are still to be added or lifted
    forgotten_at timestamptz,                     -- since then it names no person
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    constraint notices_waiting check ((state in ('received', 'incomplete', 'countered')) = (act_at is not null))
);
create index notices_queue on notices (act_at, id) where act_at is not null;
create index notices_by_received on notices (received_at desc, id desc);
create index notices_by_state on notices (state, received_at desc, id desc);
create index notices_unfinished on notices (id) where carried_at is null;
create index notices_by_ended on notices (ended_at) where ended_at is not null and forgotten_at is null;

-- What a notice names, and the block that stands for it.
create table notice_items (
    notice_id uuid    not null references notices on delete cascade,
    n         int     not null,
    kind      text    not null check (kind in ('value', 'file')),
    value     text    not null,
    block_id  uuid    references blocks on delete set null,
    made      boolean not null default false, -- the block came with this notice
    refusal   text    not null default '',    -- why it could not be blocked
    primary key (notice_id, n)
);
create index notice_items_by_block on notice_items (block_id) where block_id is not null;

-- A notice has at most one counter-notice: when its time runs out, all that the
-- notice blocked is restored, so that a second one would change nothing.
create table counter_notices (
    id           uuid primary key,
    notice_id    uuid        not null unique references notices on delete cascade,
    user_id      uuid        references users on delete set null,
    name         text        not null,
    address      text        not null,
    phone        text        not null,
    text         text        not null default '',
    mistake      boolean     not null,
    jurisdiction boolean     not null,
    signature    text        not null,
    days         int         not null check (days between 10 and 14),
    received_at  timestamptz not null,
    forwarded_at timestamptz,
    due_at       timestamptz not null,
    remind_at    timestamptz not null,
    reminded_at  timestamptz,
    next_at      timestamptz, -- when its workflow acts next; null when the clock stopped
    ended_at     timestamptz,
    constraint counter_notices_clock check ((next_at is null) = (ended_at is not null))
);
create index counter_notices_next on counter_notices (next_at) where next_at is not null;
create index counter_notices_by_user on counter_notices (user_id) where user_id is not null;

create table strikes (
    id            uuid primary key,
    user_id       uuid        not null references users on delete cascade,
    notice_id     uuid        not null references notices on delete cascade,
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    withdrawn_at  timestamptz,
    withdrawn_why text        not null default '',
    unique (notice_id, user_id)
);
create index strikes_by_user on strikes (user_id, created_at desc);

alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check
    check (kind in ('start', 'admit', 'cancel', 'purge', 'track', 'retry', 'mail', 'yield', 'ask', 'chosen', 'keep', 'bulk', 'cleanup', 'check', 'counter'));
