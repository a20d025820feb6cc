#!/usr/bin/env bash
# Installs the missing Debian packages that `make run`, `make test` or
# `make compose-test` needs, and says what it does. Go and Node.js must be
# installed.
#   scripts/bootstrap.sh run | test | compose
set -euo pipefail

need_go=1.26
need_node=20

say() { printf '\033[36m==>\033[0m %s\n' "$*"; }
die() { printf 'bootstrap: %s\n' "$*" >&2; exit 1; }

# at_least HAVE WANT compares dotted versions.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

check_tools() {
  command -v go >/dev/null || die "Go is missing; install Go $need_go or newer from https://go.dev/dl"
  local go_version node_version
  go_version=$(go env GOVERSION)
  at_least "${go_version#go}" "$need_go" || die "Go ${go_version#go} is too old; install Go $need_go or newer"
  command -v node >/dev/null || die "Node.js is missing; install Node.js $need_node or newer with npm"
  command -v npm >/dev/null || die "npm is missing; it comes with Node.js $need_node or newer"
  node_version=$(node --version)
  at_least "${node_version#v}" "$need_node" || die "Node.js ${node_version#v} is too old; install $need_node or newer"
}

has_postgres() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null
}

# missing prints the packages that the mode needs and the machine lacks.
missing() {
  has_postgres || echo postgresql
  command -v ffprobe >/dev/null || echo ffmpeg # films are read with it
  local pair
  if [ "$1" = compose ]; then
    for pair in podman:podman runc:runc debootstrap:debootstrap iptables:iptables qbittorrent-nox:qbittorrent-nox; do
      command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"
    done
    [ -e /usr/lib/podman/netavark ] || echo netavark
    [ -e /usr/lib/podman/aardvark-dns ] || echo aardvark-dns
  fi
  [ "$1" = test ] || return 0
  /usr/bin/python3 -c "import libtorrent" 2>/dev/null || echo python3-libtorrent
  for pair in chromium:chromium firefox-esr:firefox-esr qbittorrent-nox:qbittorrent-nox curl:curl wget:wget aria2c:aria2 unzip:unzip bsdtar:libarchive-tools javac:default-jdk-headless ip:iproute2 promtool:prometheus; do
    command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"
  done
  # The race detector links with a C compiler.
  command -v gcc >/dev/null || echo gcc
  [ -e /usr/include/stdlib.h ] || echo libc6-dev
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# follow turns apt's output into one line per finished step.
follow() {
  awk '/^Get:[0-9]+ /{ n++; printf "    fetched %d: %s\n", n, $5; fflush() }
       /^Setting up /{ printf "    installed %s\n", $3; fflush() }
       /^E: |^W: /{ print "    " $0; fflush() }'
}

install() {
  command -v apt-get >/dev/null || die "missing: $*. This machine has no apt-get; install them with your package manager"
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die "missing: $*. Run as root or install sudo: apt-get install $*"
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -q 2>&1 | awk '/^E: /{ print "    " $0 }'
  case " $* " in *" postgresql "*) quiet_postgres ;; esac
  case " $* " in *" prometheus "*) take_promtool ;; esac
  local rest
  mapfile -t rest < <(printf '%s\n' "$@" | grep -vx prometheus)
  [ ${#rest[@]} = 0 ] || as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${rest[@]}" 2>&1 | follow
}

# quiet_postgres keeps Debian from starting its own server on port 5432: the
# devstack runs one from ./data. An existing installation is left alone.
quiet_postgres() {
  local conf=/etc/postgresql-common/createcluster.conf
  if [ ! -e "$conf" ]; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql-common 2>&1 | follow
    as_root sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' "$conf"
  fi
}

# take_promtool takes promtool alone out of Debian's package: the rest is a
# server that would start.
take_promtool() {
  local work
  work=$(mktemp -d)
  (cd "$work" && apt-get download -q prometheus >/dev/null 2>&1 && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool) ||
    die "could not fetch promtool from Debian's package prometheus"
  as_root cp "$work/usr/bin/promtool" /usr/local/bin/promtool
  rm -rf "$work"
}

main() {
  local mode=${1:-run} packages
  case "$mode" in run | test | compose) ;; *) die "usage: scripts/bootstrap.sh run|test|compose" ;; esac
  check_tools
  mapfile -t packages < <(missing "$mode")
  [ ${#packages[@]} = 0 ] && return 0
  install "${packages[@]}"
  mapfile -t packages < <(missing "$mode")
  [ ${#packages[@]} = 0 ] || die "still missing after the installation: ${packages[*]}"
}

main "$@"
