#!/usr/bin/env bash
# Finds nolint comments for linters that are not enabled: the linter that
# reports unused ones checks only those for enabled linters.
set -euo pipefail
cd "$(dirname "$0")/.."

enabled=$(sed -n '/^  enable:/,/^  [a-z]/s/^    - //p' .golangci.yml)
git grep -nE '//nolint' -- '*.go' | while IFS= read -r line; do
  for name in $(sed -E 's|.*//nolint:([a-z,0-9]*).*|\1|; s|,| |g' <<<"$line"); do
    grep -qx -- "$name" <<<"$enabled" || echo "  $line: $name does not run"
  done
done | (! grep .)
