#!/usr/bin/env bash
# Builds the programs into ./bin, the web app into ./web/dist and the browser
# extension into ./extension/.output if they are out of date, and shows its
# progress: the first build takes minutes. A release sets
# its version: VERSION=1.2.3 scripts/build.sh. COMMIT defaults to the working
# tree's commit.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
web_job=
cleanup() {
  # The job is its own process group, so that npm's children end with it.
  [ -z "$web_job" ] || kill -- "-$web_job" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

say() { printf '\033[36m==>\033[0m %s\n' "$*"; }
elapsed() { printf '%d m %02d s' $(($1 / 60)) $(($1 % 60)); }

# show TEXT rewrites the current line on a terminal; elsewhere it prints a line
# every ten seconds.
last_shown=-10
show() {
  if [ -t 1 ]; then
    printf '\r\033[K    %s' "$1"
  elif ((SECONDS - last_shown >= 10)); then
    printf '    %s\n' "$1"
    last_shown=$SECONDS
  fi
}
clear_line() { [ ! -t 1 ] || printf '\r\033[K'; }

# watch FILE TOTAL PID counts the lines of FILE that name a package while PID runs.
watch() {
  local file=$1 total=$2 pid=$3 started=$SECONDS done_count=0
  while kill -0 "$pid" 2>/dev/null; do
    done_count=$(grep -cE '^[A-Za-z0-9._/~-]+$' "$file" || true)
    show "$4 $done_count/$total, $(elapsed $((SECONDS - started)))$(web_note)"
    sleep 0.5
  done
  clear_line
}

# fetch DIR downloads the modules that the packages need.
fetch() {
  local dir=$1 log="$work/fetch"
  : >"$log"
  (cd "$dir" && go list -deps -f '{{if .Stale}}{{.ImportPath}}{{end}}' "${@:2}" >"$work/stale" 2>"$log") &
  local pid=$! started=$SECONDS
  while kill -0 "$pid" 2>/dev/null; do
    ! grep -q downloading "$log" ||
      show "fetching modules: $(grep -c downloading "$log"), $(elapsed $((SECONDS - started)))$(web_note)"
    sleep 0.2
  done
  clear_line
  wait "$pid" || { cat "$log" >&2; exit 1; }
}

# compile NAME DIR OUTPUT FLAGS PACKAGES... builds with a counter.
compile() {
  local name=$1 dir=$2 output=$3 flags=$4 log="$work/compile" started=$SECONDS total
  shift 4
  fetch "$dir" "$@"
  total=$(grep -c . "$work/stale" || true)
  : >"$log"
  (cd "$dir" && go build -v "$flags" -o "$output" "$@" 2>"$log") &
  local pid=$!
  watch "$log" "$total" "$pid" "compiling $name:"
  wait "$pid" || { grep -vE '^[A-Za-z0-9._/~-]+$' "$log" >&2; echo "build: could not compile $name" >&2; exit 1; }
  ((total <= 1)) || say "$name: $total packages in $(elapsed $((SECONDS - started)))"
}

web_outdated() {
  local last=web/dist/index.html.br # compressing is the last step
  [ -f "$last" ] || return 0
  [ -n "$(find web api/openapi.json \( -name node_modules -o -name dist -o -path web/test \) -prune -o \
    -type f -newer "$last" -print -quit 2>/dev/null)" ]
}

modules_outdated() {
  [ ! web/node_modules/.package-lock.json -nt web/package-lock.json ]
}

web_steps() {
  cd web
  if [ "$1" = install ]; then
    echo "installing npm packages"
    npm ci --no-audit --no-fund --loglevel=error
  fi
  echo "bundling"
  npm run --silent build
}

web_note() {
  [ -n "$web_job" ] || return 0
  if kill -0 "$web_job" 2>/dev/null; then
    printf '; web: %s' "$(grep -E '^(installing|bundling)' "$work/web" | tail -n 1)"
  fi
}

start_web() {
  [ -f web/package.json ] && web_outdated || return 0
  local first=bundle
  ! modules_outdated || first=install
  : >"$work/web"
  set -m
  (web_steps "$first") >"$work/web" 2>&1 &
  web_job=$!
  set +m
}

finish_web() {
  [ -n "$web_job" ] || return 0
  while kill -0 "$web_job" 2>/dev/null; do
    show "web app: $(tail -n 1 "$work/web"), $(elapsed "$SECONDS")"
    sleep 0.5
  done
  clear_line
  local job=$web_job
  web_job=
  wait "$job" || { cat "$work/web" >&2; echo "build: could not build the web app" >&2; exit 1; }
  say "web app: built"
}

extension_outdated() {
  local last # packing for Firefox is the last step
  last=$(find extension/.output -maxdepth 1 -name '*-firefox.zip' -print -quit 2>/dev/null)
  [ -n "$last" ] || return 0
  [ -n "$(find extension web/src/app/styles/tokens.css web/src/api web/src/lib \
    \( -name node_modules -o -name .output -o -name .wxt -o -path extension/test \) -prune -o \
    -type f -newer "$last" -print -quit 2>/dev/null)" ]
}

# build_extension builds and packs the browser extension for each browser.
build_extension() {
  extension_outdated || return 0
  local started=$SECONDS log="$work/extension"
  show "browser extension: building"
  (
    cd extension
    [ node_modules/.package-lock.json -nt package-lock.json ] ||
      npm ci --no-audit --no-fund --loglevel=error --ignore-scripts
    npm run --silent build
  ) >"$log" 2>&1 || { clear_line; cat "$log" >&2; echo "build: could not build the browser extension" >&2; exit 1; }
  clear_line
  say "browser extension: built in $(elapsed $((SECONDS - started)))"
}

# commit prints the working tree's commit, with a suffix if files differ from
# it.
commit() {
  local hash
  hash=$(git rev-parse --verify --quiet HEAD 2>/dev/null) || return 0
  git diff-index --quiet HEAD -- 2>/dev/null || hash+=+changed
  printf '%s' "$hash"
}

main() {
  mkdir -p bin
  start_web
  # Without symbol tables the linker is twice as fast; panics still name their lines.
  local linker=-s
  [ -z "${VERSION:-}" ] || linker+=" -X longhaul/internal/version.number=$VERSION"
  linker+=" -X longhaul/internal/version.commit=${COMMIT:-$(commit)}"
  local programs=(./cmd/...)
  [ -z "${SEEDR_SIMULATOR:-}" ] || programs+=(./test/seedrsim)
  compile programs . bin/ "-ldflags=$linker" "${programs[@]}"
  compile devstack devstack ../bin/devstack '-ldflags=-s' .
  finish_web
  build_extension
}

main
