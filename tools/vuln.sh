#!/usr/bin/env bash
# Checks for known vulnerabilities in the code that each module's programs call.
# VULNDB replaces the public database, such as file:///folder on a machine
# without a network.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$PWD/tools/go.mod
bad=0
for module in . frontdoor devstack tools; do
  echo "vulnerabilities of module $module"
  (cd "$module" && go tool -modfile="$tools" govulncheck ${VULNDB:+-db "$VULNDB"} ./...) || bad=1
done
exit $bad
