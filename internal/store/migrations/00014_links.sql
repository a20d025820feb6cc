-- +goose Up
-- The download links that work, so that their owner can see and revoke them. The
-- addresses are signed and hold the id; without its row one is refused.
create table links (
    id         uuid primary key,
    user_id    uuid        not null references users on delete cascade,
    job_id     uuid        not null references jobs on delete cascade,
    file_id    uuid references files on delete cascade, -- null is all of the job's files
    inline     boolean     not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create unique index links_one_each on links (job_id, coalesce(file_id, job_id), inline);
create index links_by_user on links (user_id, created_at);
create index links_by_file on links (file_id);
