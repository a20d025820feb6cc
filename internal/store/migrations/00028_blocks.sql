-- +goose Up
-- Content that is refused here. blocked_hashes stays for one more release: the
-- programs of the one before still read it.
create table blocks (
    id           uuid primary key,
    kind         text        not null check (kind in ('hash', 'url', 'file')),
    value        text        not null check (value <> ''), -- info hash, address pattern, or the file's id
    host         text        not null default '',          -- of an address pattern
    info_hash_v1 text,                                     -- with idx, of the torrent that a file comes from
    info_hash_v2 text,
    idx          int,
    name         text        not null default '',          -- of the file
    reason       text        not null,
    actor_kind   text        not null,
    actor_id     uuid        references users on delete set null,
    created_at   timestamptz not null,
    marked_at    timestamptz,                              -- null until what it covers is marked
    lifted_at    timestamptz
);
create unique index blocks_in_force on blocks (kind, value) where lifted_at is null;
create index blocks_by_host on blocks (host) where kind = 'url' and lifted_at is null;
create index blocks_by_file_v1 on blocks (info_hash_v1, idx) where kind = 'file' and lifted_at is null;
create index blocks_by_file_v2 on blocks (info_hash_v2, idx) where kind = 'file' and lifted_at is null;
create index blocks_by_created on blocks (created_at desc, id desc);
create index blocks_unmarked on blocks (id) where marked_at is null and lifted_at is null;

-- What a block covers of what is here: the job, or one file of it. told_at is
-- null until its owner knows and its workflow was asked to stop.
create table block_marks (
    block_id uuid not null references blocks on delete cascade,
    job_id   uuid not null references jobs on delete cascade,
    file_id  uuid references files on delete cascade,
    told_at  timestamptz,
    primary key (block_id, job_id)
);
create index block_marks_by_job on block_marks (job_id);
create index block_marks_by_file on block_marks (file_id) where file_id is not null;
create index block_marks_untold on block_marks (block_id, job_id) where told_at is null;

alter table jobs add column blocked boolean not null default false;
alter table files add column blocked boolean not null default false;
-- The hosts of addresses from the end, so that all below a domain are together.
create index jobs_by_host on jobs (reverse(lower(substring(source_uri from '^https{0,1}://([^/:\x3f#]+)'))) text_pattern_ops)
    where source_kind = 'url';

insert into blocks (id, kind, value, reason, actor_kind, created_at)
    select gen_random_uuid(), 'hash', hash, reason, 'console', created_at from blocked_hashes;

alter table jobs drop constraint jobs_asked_act_check;
alter table jobs add constraint jobs_asked_act_check check (asked_act in ('', 'pause', 'resume', 'move', 'stop'));
