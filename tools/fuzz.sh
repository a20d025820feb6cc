#!/usr/bin/env bash
# Runs every fuzz target of the module, found by name, for the given time (20s
# by default). Go saves an input that fails in the target's testdata, and every
# later test run tries it.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-20s}

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Go calls the end of the time a failure now and then (golang/go#75804, mended in
# 1.27). That has this one line and no failing input.
fuzz() {
  go test -run '^$' -fuzz "^$2\$" -fuzztime "$time" "./$1" 2>&1 | tee "$log" && return
  grep -qx '    context deadline exceeded' "$log" && ! grep -qE 'Failing input|panic:' "$log"
}

targets=$(git grep -oE '^func Fuzz[A-Z][A-Za-z0-9]*' -- '*_test.go' | sed 's/:func /:/')
while IFS=: read -r file name; do
  echo "fuzzing $name in ${file%/*} for $time"
  fuzz "${file%/*}" "$name"
done <<<"$targets"
