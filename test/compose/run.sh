#!/usr/bin/env bash
# Builds the images and runs docker-compose.yml as it is, with the real Docker
# Compose on Podman, under the test. Needs root: containers get networks and
# limits. What is slow to make stays in data/compose (LONGHAUL_COMPOSE_DIR moves
# it); everything else ends and goes when this ends.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "compose-test: run it as root" >&2; exit 1; }

WORK=$(realpath -m "${LONGHAUL_COMPOSE_DIR:-data/compose}")
mkdir -p "$WORK/networks"
state=$(mktemp -d /tmp/longhaul-compose-XXXXXX)

# Podman with a place of its own, so that no other container or network of the
# machine is touched.
cat >"$WORK/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$WORK/storage"
runroot = "/run/longhaul-compose"
CONF
cat >"$WORK/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_config_dir = "$WORK/networks"
CONF
printf 'unqualified-search-registries = ["docker.io"]\n' >"$WORK/registries.conf"
export CONTAINERS_STORAGE_CONF=$WORK/storage.conf CONTAINERS_CONF=$WORK/containers.conf CONTAINERS_REGISTRIES_CONF=$WORK/registries.conf
export WORK PODMAN=podman

service=
cleanup() {
  podman rm --all --force --time 5 >/dev/null 2>&1 || true
  podman volume prune --force >/dev/null 2>&1 || true
  podman network prune --force >/dev/null 2>&1 || true
  [ -z "$service" ] || kill "$service" 2>/dev/null || true
  umount "$WORK/storage/overlay" 2>/dev/null || true
  umount -R /run/longhaul-compose 2>/dev/null || true
  rm -rf "$state" /run/longhaul-compose
}
trap cleanup EXIT

begin=$(date +%s)
test/compose/standins/images.sh
echo "images: $(($(date +%s) - begin)) s"

podman system service --time=0 "unix://$state/podman.sock" &
service=$!
export DOCKER_HOST=unix://$state/podman.sock LONGHAUL_COMPOSE=$WORK/bin/compose
CGO_ENABLED=0 nice -n 5 go test -tags compose -count=1 -timeout "${COMPOSE_TIMEOUT:-30m}" -v ${COMPOSE_RUN:+-run "$COMPOSE_RUN"} ./test/compose
echo "compose-test: $(($(date +%s) - begin)) s"
