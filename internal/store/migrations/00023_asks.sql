-- +goose Up
-- What a job was asked for stands in its row until it is met or refused.
alter table jobs
    add column asked_act text not null default '' check (asked_act in ('', 'pause', 'resume', 'move')),
    add column asked_provider text not null default '',
    add column asked_at timestamptz;
alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check
    check (kind in ('start', 'admit', 'cancel', 'purge', 'track', 'retry', 'mail', 'yield', 'ask', 'chosen', 'keep'));
