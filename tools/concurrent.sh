#!/usr/bin/env bash
# Lists the packages that start goroutines, in their code or in their tests: those
# that the race detector can say something about. Tests of the whole system start
# programs instead, and are left out, as is what measures a flood of sign-ins: the
# detector would make its password hashes ten times as dear.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=$(git ls-files -co --exclude-standard -z '*.go' |
  grep -zvE '^(third_party|frontdoor|devstack|tools|test|api/account/flood)/' |
  xargs -0 grep -lE '^[[:space:]]*go (func|[a-zA-Z_.]+\()|\.Go\(|\bgo func\(' |
  xargs -n 1 dirname | sort -u | sed 's|^|longhaul/|')
# The longest first, or it would run alone at the end.
echo longhaul/worker
grep -vx longhaul/worker <<<"$packages"
