#!/usr/bin/env bash
# Lists the packages that start goroutines, in their code or in their tests: those
# that the race detector can say something about. Tests of the whole system start
# programs instead, and are left out. So is the torrent engine: its library is so
# slow under the detector that loopback peers give each other up on a busy machine.
set -euo pipefail
cd "$(dirname "$0")/.."

git ls-files -co --exclude-standard -z '*.go' |
  grep -zvE '^(third_party|devstack|tools|test|agent/engine/anacrolix)/' |
  xargs -0 grep -lE '^[[:space:]]*go (func|[a-zA-Z_.]+\()|\.Go\(|\bgo func\(' |
  xargs -n 1 dirname | sort -u | sed 's|^|longhaul/|'
