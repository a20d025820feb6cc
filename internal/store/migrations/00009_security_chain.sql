-- +goose Up
-- Security events become a chain as the audit log is one. Those from before
-- have no hash; the chain begins behind them. Old events go from its beginning.
alter table security_events alter column id drop identity;
alter table security_events
    add column prev_hash bytea not null default '' check (length(prev_hash) in (0, 32)),
    add column hash bytea not null default '' check (length(hash) = length(prev_hash));
