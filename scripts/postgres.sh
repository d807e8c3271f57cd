#!/usr/bin/env bash
# A PostgreSQL of our own for the tests and the bench, on loopback, with its own folder:
# `postgres.sh start DIR PORT [option=value…]`, `stop DIR`.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)

as_postgres() { # initdb refuses root
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

case "$1" in
  start)
    dir=$2 port=$3
    settings=$(printf -- ' -c %s' listen_addresses=127.0.0.1 max_connections=200 "${@:4}")
    mkdir -p "$dir"
    [ "$(id -u)" != 0 ] || chown postgres "$dir"
    if [ ! -f "$dir/data/PG_VERSION" ]; then
      as_postgres "$bin/initdb" -D "$dir/data" -U segur -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
    fi
    as_postgres "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" \
      -o "-p $port -k $dir$settings" start >/dev/null
    ;;
  stop)
    as_postgres "$bin/pg_ctl" -D "$2/data" -m fast stop >/dev/null 2>&1 || true
    ;;
esac
