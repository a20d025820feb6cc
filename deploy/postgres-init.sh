#!/bin/sh
# Runs once on an empty database volume: Temporal gets its own account and two
# databases, so that neither program can read the other's rows.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    -v password="$(cat "$TEMPORAL_PASSWORD_FILE")" <<'SQL'
create role temporal login password :'password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
SQL
