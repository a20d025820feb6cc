#!/usr/bin/env bash
# Runs every fuzz target of the module, found by its name, for a time: 20s unless
# it is given. An input that a target fails on is kept in its testdata, and every
# test run tries it from then on.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-20s}

targets=$(git grep -oE '^func Fuzz[A-Z][A-Za-z0-9]*' -- '*_test.go' | sed 's/:func /:/')
while IFS=: read -r file name; do
  echo "fuzzing $name in ${file%/*} for $time"
  go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "./${file%/*}"
done <<<"$targets"
