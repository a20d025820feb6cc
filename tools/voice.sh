#!/usr/bin/env bash
# Enforces the voice rules of CONTRIBUTING.md as far as a machine can: it finds
# phrases that a native speaker would not write, in code, comments, tests, docs
# and texts. Prints each hit with its location and fails if there is one.
set -euo pipefail
cd "$(dirname "$0")/.."

tics='anew|begun|worthless|(is|are) worth nothing|(goes|go|went|going) on (by|without|until|where|from|after|with)|by (itself|themselves)|is had|dealt with|deals with|nobody (told|knows|said)|in the blink|wants to be told|no way back|leads nowhere|may make an account|does the .* run right|makes? an end of'

# The rules quote what they forbid; generated files and foreign code are not
# ours to word, and a migration never changes once it ran.
exempt='^(CONTRIBUTING\.md|tools/voice\.sh|web/eslint\.config\.[a-z]+)$|(^|/)(third_party|testdata|node_modules|migrations)/|\.gen\.|_gen\.go$|package-lock\.json$|^LICENSE|go\.sum$'

hits=$(git ls-files -co --exclude-standard | grep -vE "$exempt" | while read -r f; do [ -f "$f" ] && printf '%s\0' "$f"; done |
  xargs -0 grep -nIiwE "$tics" || true)
[ -z "$hits" ] || {
  printf 'Words that CONTRIBUTING.md (Voice) asks to avoid:\n%s\n' "$hits" | cut -c1-180
  exit 1
}
