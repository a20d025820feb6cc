#!/usr/bin/env bash
# Builds the images that docker-compose.yml names, for a machine that reaches no
# image registry: stand-ins for public images, made from Debian's packages and
# from Go modules, under the public names and tags, and Longhaul's own images by
# their Dockerfiles. WORK is a folder for what is kept between runs; PODMAN is
# the command with its options.
set -euo pipefail
cd "$(dirname "$0")"
root=$PWD/../../..
: "${WORK:?}" "${PODMAN:=podman}"
bin=$WORK/bin
suite=bookworm

say() { printf '\033[36m==>\033[0m %s\n' "$*"; }

programs() {
  say "building what stands in for public images, and Docker Compose"
  mkdir -p "$bin"
  export CGO_ENABLED=0
  local build=(go build -ldflags=-s -o)
  "${build[@]}" "$bin/temporal-server" go.temporal.io/server/cmd/server
  "${build[@]}" "$bin/temporal-sql-tool" go.temporal.io/server/cmd/tools/sql
  "${build[@]}" "$bin/ui-server" github.com/temporalio/ui-server/v2/cmd/server
  "${build[@]}" "$bin/versitygw" github.com/versity/versitygw/cmd/versitygw
  (cd ../engine && "${build[@]}" "$bin/compose" github.com/docker/compose/v2/cmd)
}

# debian imports a bare Debian, which has the machine's certificates.
debian() {
  $PODMAN image exists docker.io/library/debian:12.12-slim && return
  say "installing a bare Debian"
  local dir=$WORK/rootfs
  rm -rf "$dir"
  debootstrap --variant=minbase "$suite" "$dir" "${MIRROR:-http://deb.debian.org/debian}" >"$WORK/debootstrap.log"
  echo "deb http://deb.debian.org/debian-security $suite-security main" >>"$dir/etc/apt/sources.list"
  install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$dir/etc/ssl/certs/ca-certificates.crt"
  tar -C "$dir" --exclude=./var/cache/apt/archives/*.deb -c . | $PODMAN import --quiet - docker.io/library/debian:12.12-slim
  rm -rf "$dir"
}

# image FILE CONTEXT TAG... builds one image under all its names.
image() {
  local file=$1 context=$2
  shift 2
  say "image $1"
  # shellcheck disable=SC2086 # the command has options
  $PODMAN build --quiet --pull-never --network host ${BUILD_FLAGS:-} -f "$file" $(printf -- '-t %s ' "$@") "$context"
}

# The machine's own Go and Node, with their caches, stand in for those of the
# public images.
toolchains() {
  local node npm
  node=$(readlink -f "$(command -v node)")
  npm=$(npm root -g)
  printf '%s ' -v "$(go env GOROOT):/usr/local/go:ro" -v "$(go env GOMODCACHE):/root/go/pkg/mod" -v "$(go env GOCACHE):/root/.cache/go-build" \
    -v "$node:/usr/local/bin/node:ro" -v "$npm:/usr/local/lib/node_modules:ro" -v "$(npm config get cache):/root/.npm" \
    -v /etc/ssl/certs/ca-certificates.crt:/machine-certificates.crt:ro
}

standins() {
  image images/golang.Dockerfile images docker.io/library/golang:1.26.8-bookworm
  image images/node.Dockerfile images docker.io/library/node:20.20-bookworm-slim
  image images/postgres.Dockerfile images docker.io/library/postgres:15.14-bookworm
  image images/nginx.Dockerfile images docker.io/nginxinc/nginx-unprivileged:1.29.3-alpine
  local context=$WORK/context server ui
  server=$(go list -m -f '{{.Dir}}' go.temporal.io/server)
  ui=$(go list -m -f '{{.Dir}}' github.com/temporalio/ui-server/v2)
  rm -rf "$context"
  mkdir -p "$context/schema"
  cp "$bin/temporal-server" "$bin/temporal-sql-tool" "$bin/ui-server" "$bin/versitygw" "$context"
  cp -r --no-preserve=mode "$server/schema/postgresql" "$context/schema/"
  cp --no-preserve=mode "$ui/config/docker.yaml" "$context/ui.yaml"
  local base=docker.io/library/longhaul-standin:1
  image images/base.Dockerfile images "$base"
  for target in server admin-tools ui; do
    BUILD_FLAGS="--target $target" image images/temporal.Dockerfile "$context" "docker.io/temporalio/$target:$(tag "temporalio/$target")"
  done
  image images/versitygw.Dockerfile "$context" docker.io/versity/versitygw:v1.8.0
  rm -rf "$context"
}

# tag prints the version that the compose file has of a public image.
tag() { sed -n "s|^ *image: $1:\(.*\)\$|\1|p" "$root/docker-compose.yml" | head -n 1; }

own() {
  BUILD_FLAGS="$(toolchains)" image "$root/Dockerfile" "$root" docker.io/library/longhaul:latest
  image "$root/deploy/s3.Dockerfile" "$root/deploy" docker.io/library/longhaul-s3:latest
}

programs
debian
standins
own
