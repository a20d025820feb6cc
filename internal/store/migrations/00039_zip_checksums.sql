-- +goose Up
-- The CRC-32 that a zip has of a file before its bytes: combined from those that
-- are reported with the parts, or learned later. Null is not known yet.
alter table files add column crc32 bigint;
alter table file_parts add column crc32 bigint;

-- What is still to be learned.
create index files_without_crc32 on files (id) where state = 'stored' and crc32 is null;
