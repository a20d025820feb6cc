#!/usr/bin/env bash
# Builds the programs of an older revision, for tests of an update. Without a
# revision it takes the one before the newest migration.
#   scripts/older.sh FOLDER [REVISION]
set -euo pipefail
cd "$(dirname "$0")/.."

out=$(realpath -m "$1")
rev=${2:-$(git log -1 --format=%H --diff-filter=A -- internal/store/migrations)^}
rev=$(git rev-parse --verify "$rev^{commit}")

source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT
git archive "$rev" | tar -x -C "$source"
mkdir -p "$out"
cd "$source"
go build -ldflags="-s -X longhaul/internal/version.commit=$rev" -o "$out/" ./cmd/...
echo "built the programs of $rev, schema $(ls internal/store/migrations | tail -n 1)"
