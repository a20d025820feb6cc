#!/bin/sh
# Creates or upgrades Temporal's schema; safe to run at every start.
set -eu
SQL_PASSWORD="$(cat /run/secrets/temporal_password)"
export SQL_PASSWORD
schema() {
    database=$1 folder=$2
    temporal-sql-tool --db "$database" setup-schema -v 0.0 || true
    temporal-sql-tool --db "$database" update-schema -d "/etc/temporal/schema/postgresql/v12/$folder/versioned"
}
schema temporal temporal
schema temporal_visibility visibility
