-- +goose Up
-- Features that are switched for everyone, for a plan or for an account. Without
-- a rule a feature is on.
create table flag_rules (
    flag       text        not null,
    plan_id    text        references plans on delete cascade,
    user_id    uuid        references users on delete cascade,
    enabled    boolean     not null,
    reason     text        not null default '',
    changed_by uuid        references users on delete set null,
    changed_at timestamptz not null,
    check (plan_id is null or user_id is null)
);
create unique index flag_rules_one_each on flag_rules (flag, coalesce(plan_id, ''), coalesce(user_id, '00000000-0000-0000-0000-000000000000'));
create index flag_rules_by_user on flag_rules (user_id) where user_id is not null;
create index flag_rules_by_plan on flag_rules (plan_id) where plan_id is not null;
create index flag_rules_by_author on flag_rules (changed_by) where changed_by is not null;
