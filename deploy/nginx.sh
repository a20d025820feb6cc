#!/bin/sh
# Starts nginx with a configuration that asks this network's name servers while
# it runs: a service that restarts may get another address. Words in @ are
# replaced; nothing is written outside /tmp.
set -eu
resolvers=$(awk '$1 == "nameserver" { printf "%s ", index($2, ":") ? "[" $2 "]" : $2 }' /etc/resolv.conf)
sed -e "s/@RESOLVERS@/$resolvers/" -e "s/@APP_HOST@/${APP_HOST:-}/" -e "s/@FILES_HOST@/${FILES_HOST:-}/" "$1" >/tmp/nginx.conf
exec nginx -e stderr -c /tmp/nginx.conf -g 'daemon off;'
