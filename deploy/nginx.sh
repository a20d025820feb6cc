#!/bin/sh
# nginx.sh CONFIGURATION NAME: starts nginx with a configuration that asks this
# network's name servers while it runs, as a service that restarts may get another
# address. Podman also lists the host's name servers, which don't know services, so
# only those that know NAME are asked. Words in @ are replaced; nothing is written
# outside /tmp.
set -eu
resolvers='' known=''
for server in $(awk '$1 == "nameserver" { print $2 }' /etc/resolv.conf); do
    case $server in *:*) address="[$server]" ;; *) address=$server ;; esac
    resolvers="$resolvers $address"
    if busybox nslookup -type=a "$2" "$server" 2>/dev/null | grep -q '^Name:'; then
        known="$known $address"
    fi
done
sed -e "s/@RESOLVERS@/${known:-$resolvers}/" -e "s/@APP_HOST@/${APP_HOST:-}/" -e "s/@FILES_HOST@/${FILES_HOST:-}/" "$1" >/tmp/nginx.conf
exec nginx -e stderr -c /tmp/nginx.conf -g 'daemon off;'
