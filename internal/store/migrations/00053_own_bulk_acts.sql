-- +goose Up
-- An owner's act on many of their own jobs; null for an administrator's act.
alter table bulk_acts add column user_id uuid references users on delete cascade;
create index bulk_acts_by_owner on bulk_acts (user_id, created_at desc, id) where user_id is not null;

-- rolling: programs of the release before write no owner's act
create unique index bulk_acts_one_at_a_time on bulk_acts (user_id) where user_id is not null and state in ('finding', 'acting');
