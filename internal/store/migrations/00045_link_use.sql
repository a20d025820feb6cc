-- +goose Up
-- When a download link was used last, to the minute; null is never.
alter table links add column last_used_at timestamptz;
