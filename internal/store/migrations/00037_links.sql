-- +goose Up
-- origin_uri is the address that led a job to its torrent or magnet link, without a
-- login. source_login is the user name and password of an address, sealed for the
-- job's owner.
alter table jobs
    add column origin_uri   text not null default '',
    add column source_login text not null default '';
-- A pattern's host is compared from its end, as in jobs_by_host.
create index jobs_by_origin_host on jobs (reverse(lower(substring(origin_uri from '^https{0,1}://([^/:\x3f#]+)'))) text_pattern_ops)
    where origin_uri <> '';
create index jobs_with_login on jobs (id) where source_login <> '';
