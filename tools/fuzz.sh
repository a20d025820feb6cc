#!/usr/bin/env bash
# Runs every fuzz target of the module, found by name, for the given time (20s
# by default). Go saves an input that fails in the target's testdata, and every
# later test run tries it.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-20s}

targets=$(git grep -oE '^func Fuzz[A-Z][A-Za-z0-9]*' -- '*_test.go' | sed 's/:func /:/')
while IFS=: read -r file name; do
  echo "fuzzing $name in ${file%/*} for $time"
  go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "./${file%/*}"
done <<<"$targets"
