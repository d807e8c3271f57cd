#!/usr/bin/env bash
# Everything CI runs. Each stage prints its own closing line; the first failure stops.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/system.sh test

echo "== style, floors, types"
ruff check .
ruff format --check .
lint-imports --no-cache
mypy

echo "== the suite on SQLite, with the journeys in Chromium"
pytest -n 2 --dist loadgroup -q

echo "== the same suite on PostgreSQL, without what asks no database, nor the browser"
folder=$(mktemp -d /tmp/segurnum-pg.XXXXXX)
port=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
trap 'scripts/postgres.sh stop "$folder"; rm -rf "$folder"' EXIT
chmod 755 "$folder"
# Nothing here outlives the machine, so nothing waits for the disk. No autovacuum: a plan kept from when a table was
# analysed empty reads the whole of it for each of forty thousand rows.
scripts/postgres.sh start "$folder" "$port" fsync=off synchronous_commit=off full_page_writes=off autovacuum=off
TEST_DATABASE_URL="postgresql://segur@127.0.0.1:$port" pytest -n 2 --dist loadgroup -q -m "not browser" \
  --ignore=tests/domain --ignore=tests/exchange --ignore=tests/corridors --ignore=tests/adapters \
  --ignore=tests/test_structure.py
