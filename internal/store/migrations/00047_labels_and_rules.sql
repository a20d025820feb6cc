-- +goose Up
-- What users sort their jobs by.
create table labels (
    id         uuid primary key,
    user_id    uuid        not null references users on delete cascade,
    name       text        not null check (char_length(name) between 1 and 50),
    colour     text        not null,
    created_at timestamptz not null
);
create unique index labels_by_name on labels (user_id, lower(name));

create table job_labels (
    job_id   uuid not null references jobs on delete cascade,
    label_id uuid not null references labels on delete cascade,
    primary key (job_id, label_id)
);
create index job_labels_by_label on job_labels (label_id, job_id);

-- What applies to a user's submits where they make no choice of their own.
create table download_rules (
    user_id      uuid primary key references users on delete cascade,
    label_id     uuid references labels on delete set null,
    file_filter  jsonb       not null default '{}' check (jsonb_typeof(file_filter) = 'object'),
    start_paused boolean     not null default false,
    provider     text        not null default '' check (provider in ('', 'agent', 'seedr')),
    updated_at   timestamptz not null
);

-- The filter for files that are not known yet at the submit.
alter table jobs add column file_filter jsonb check (jsonb_typeof(file_filter) = 'object');

-- The words in the names of jobs and their files. Each document has the words of
-- a stretch of a job's files, of the job's own name, and one that stands for the
-- owner, so that the index finds a user's documents and no others'. Triggers keep
-- it, because several programs write names.
create table job_words (
    job_id uuid     not null references jobs on delete cascade,
    part   int      not null,
    words  tsvector not null,
    primary key (job_id, part)
);
create index job_words_search on job_words using gin (words);

-- +goose StatementBegin
create function name_words(name text) returns text[] language sql immutable parallel safe as $$
    select array(select distinct left(w, 64) from regexp_split_to_table(lower(name), '[[:space:][:punct:]]+') as w where w <> '')
$$;

create function owner_word(owner uuid) returns text language sql immutable parallel safe as $$
    select '@' || owner
$$;

-- Finds the owner's documents that have each word, or one that begins with it;
-- null without any word.
create function words_query(owner uuid, search text) returns tsquery language sql immutable parallel safe as $$
    select cast(string_agg('''' || w || ''':*', ' & ') || ' & ''' || owner_word(owner) || '''' as tsquery)
    from unnest(name_words(search)) as w
$$;

create function index_job_name() returns trigger language plpgsql as $$
begin
    insert into job_words (job_id, part, words)
    values (new.id, 0, array_to_tsvector(name_words(new.name) || owner_word(new.user_id)))
    on conflict (job_id, part) do nothing;
    if tg_op = 'UPDATE' then -- files that are there stay below the new name, too
        update job_words set words = words || array_to_tsvector(name_words(new.name)) where job_id = new.id;
    end if;
    return null;
end $$;

-- A stretch is 2000 files. A name from before a rename still finds the job.
create function index_file_names() returns trigger language plpgsql as $$
begin
    insert into job_words as known (job_id, part, words)
    select a.job_id, a.idx / 2000,
        array_to_tsvector(array(select distinct w from unnest(array_agg(a.path)) as p(path), unnest(name_words(p.path)) as w)
            || name_words(j.name) || owner_word(j.user_id))
    from added a join jobs j on j.id = a.job_id
    group by a.job_id, a.idx / 2000, j.name, j.user_id
    on conflict (job_id, part) do update set words = known.words || excluded.words;
    return null;
end $$;

create function index_new_path() returns trigger language plpgsql as $$
begin
    update job_words set words = words || array_to_tsvector(name_words(new.path)) where job_id = new.job_id and part = new.idx / 2000;
    return null;
end $$;
-- +goose StatementEnd

-- rolling: it writes only the new table, and refuses nothing
create trigger jobs_index_name after insert on jobs for each row execute function index_job_name();
-- rolling: as above
create trigger jobs_index_new_name after update of name on jobs for each row when (old.name is distinct from new.name) execute function index_job_name();
-- rolling: as above
create trigger files_index_names after insert on files referencing new table as added for each statement execute function index_file_names();
-- rolling: as above
create trigger files_index_new_path after update of path on files for each row when (old.path is distinct from new.path) execute function index_new_path();

insert into job_words (job_id, part, words)
select id, 0, array_to_tsvector(name_words(name) || owner_word(user_id)) from jobs;

insert into job_words as known (job_id, part, words)
select f.job_id, f.idx / 2000,
    array_to_tsvector(array(select distinct w from unnest(array_agg(f.path)) as p(path), unnest(name_words(p.path)) as w)
        || name_words(j.name) || owner_word(j.user_id))
from files f join jobs j on j.id = f.job_id
group by f.job_id, f.idx / 2000, j.name, j.user_id
on conflict (job_id, part) do update set words = known.words || excluded.words;
