-- +goose Up
-- Where owners stopped playing their files, and which they watched.
create table playback (
    file_id    uuid primary key references files on delete cascade,
    user_id    uuid             not null references users on delete cascade,
    position   double precision not null check (position between 0 and 1e7),
    duration   double precision not null check (duration between 0 and 1e7),
    watched    boolean          not null,
    updated_at timestamptz      not null
);
create index playback_user on playback (user_id, file_id);

-- Subtitles that owners uploaded for their films.
create table subtitles (
    id         uuid primary key,
    user_id    uuid        not null references users on delete cascade,
    file_id    uuid        not null references files on delete cascade,
    name       text        not null check (octet_length(name) between 1 and 255),
    language   text        not null check (octet_length(language) <= 35),
    text       text        not null,
    size       bigint      not null check (size between 1 and 5242880),
    created_at timestamptz not null
);
create index subtitles_user on subtitles (user_id, id);
create index subtitles_file on subtitles (file_id);
