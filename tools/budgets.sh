#!/usr/bin/env bash
# Enforces the size budgets: a Go file has at most 400 lines, a function 60, a
# handler in api 40 (git's * also matches slashes), a TypeScript file 250.
# Generated files and tests are exempt. Each direct dependency must have its
# reason in ADR 1. Prints each breach with its location and fails if there is
# one.
set -euo pipefail
cd "$(dirname "$0")/.."
files() { git ls-files -co --exclude-standard -- "$@" | grep -vE '(^|/)(third_party|testdata|node_modules|dist)/|\.gen\.|_gen\.go$' | while read -r f; do [ -f "$f" ] && echo "$f"; done; }
bad=0
report() { if [ -n "$2" ]; then printf '%s\n%s\n' "$1" "$2"; bad=1; fi; }
report 'Go files over 400 lines:' "$(files '*.go' | grep -v '_test\.go$' | xargs wc -l | awk '$2!="total" && $1>400 {print "  " $2 ": " $1}')"
report 'Go functions over 60 lines:' "$(files '*.go' | grep -v '_test\.go$' | xargs awk '
  FNR==1 {start=0}
  /^func / {start=FNR; name=$0}
  /^}/ {if (start && FNR-start > 60) {sub(/ *{$/, "", name); print "  " FILENAME ":" start ": " FNR-start " lines: " substr(name, 1, 90)} start=0}')"
report 'Handlers over 40 lines:' "$(files 'api/*.go' | grep -v '_test\.go$' | xargs awk '
  FNR==1 {start=0}
  /^func \(h [^)]*\) / {start=FNR; name=$0}
  /^}/ {if (start && FNR-start > 40) {print "  " FILENAME ":" start ": " FNR-start " lines"} start=0}')"
report 'TypeScript files over 250 lines:' "$(files '*.ts' '*.tsx' | grep -vE '\.(test|spec)\.|\.d\.ts$' | xargs -r wc -l | awk '$2!="total" && $1>250 {print "  " $2 ": " $1}')"
# sloglint checks this for slog, but not for Temporal's loggers.
report 'Log keys other than "error" for a fault:' "$(files '*.go' | xargs grep -nE '\.(Debug|Info|Warn|Error)\(.*"(err|cause)", ' | sed 's/^/  /')"
# Each direct module of go.mod has its row in ADR 1, and each row its module.
direct=$(go list -m -f '{{if not (or .Indirect .Main)}}{{.Path}}{{end}}' all | grep . | LC_ALL=C sort)
explained=$(awk -F'|' '/^\| `/ {print $2}' docs/adr/0001-dependencies.md | grep -o '`[^`]*`' | tr -d '`' | LC_ALL=C sort)
report 'Direct modules without a row in docs/adr/0001-dependencies.md:' "$(LC_ALL=C comm -23 <(echo "$direct") <(echo "$explained") | sed 's/^/  /')"
report 'Rows of docs/adr/0001-dependencies.md without a direct module:' "$(LC_ALL=C comm -13 <(echo "$direct") <(echo "$explained") | sed 's/^/  /')"
exit $bad
