-- +goose Up
-- An administrator's act on many jobs, with what became of each.
create table bulk_acts (
    id         uuid primary key,
    actor_kind text        not null,
    actor_id   uuid        references users on delete set null,
    actor_ip   text        not null default '',
    action     text        not null check (action in ('retry', 'cancel', 'pause', 'resume', 'move', 'delete')),
    provider   text        not null default '',
    note       text        not null default '',
    match      jsonb       not null,
    named      boolean     not null,
    rate       integer     not null check (rate > 0),
    state      text        not null check (state in ('finding', 'acting', 'done', 'stopped')),
    cursor     text        not null default '',
    total      bigint      not null default 0,
    done       bigint      not null default 0,
    refused    bigint      not null default 0,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    ended_at   timestamptz
);
create index bulk_acts_by_created on bulk_acts (created_at desc, id);
create index bulk_acts_open on bulk_acts (id) where state in ('finding', 'acting');

-- A job that is purged keeps its line.
create table bulk_items (
    bulk_id  uuid     not null references bulk_acts on delete cascade,
    n        bigint   not null,
    job_id   uuid     not null,
    state    text     not null check (state in ('pending', 'done', 'refused')),
    code     text     not null default '',
    problem  text     not null default '',
    refusal  text     not null default '',
    tries    smallint not null default 0,
    acted_at timestamptz,
    primary key (bulk_id, n),
    unique (bulk_id, job_id)
);
create index bulk_items_pending on bulk_items (bulk_id, tries, n) where state = 'pending';
create index bulk_items_refused on bulk_items (bulk_id, n) where state = 'refused';

alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check
    check (kind in ('start', 'admit', 'cancel', 'purge', 'track', 'retry', 'mail', 'yield', 'ask', 'chosen', 'keep', 'bulk'));
