-- +goose Up
-- An owner's act on many of their own jobs; null for an administrator's act.
alter table bulk_acts add column user_id uuid references users on delete cascade;
create index bulk_acts_by_owner on bulk_acts (user_id, created_at desc, id) where user_id is not null;

-- rolling: programs of the release before write no owner's act
create unique index bulk_acts_one_at_a_time on bulk_acts (user_id) where user_id is not null and state in ('finding', 'acting');

-- The labels to which a user limits what they are told in the app and by mail,
-- and what is sent to a webhook; without a row, it is all downloads.
create table notification_labels (
    user_id  uuid not null references users on delete cascade,
    channel  text not null check (channel in ('app', 'mail')),
    label_id uuid not null references labels on delete cascade,
    primary key (user_id, channel, label_id)
);
create index notification_labels_by_label on notification_labels (label_id);

create table webhook_labels (
    webhook_id uuid not null references webhooks on delete cascade,
    label_id   uuid not null references labels on delete cascade,
    primary key (webhook_id, label_id)
);
create index webhook_labels_by_label on webhook_labels (label_id);
