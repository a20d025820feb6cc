-- +goose Up
-- Whether a web page at the job's address is what its owner wants.
alter table jobs add column keep_page boolean not null default false;
