#!/usr/bin/env bash
# Everything CI runs. Each stage prints its own closing line; the first failure stops.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/system.sh test

folder=$(mktemp -d /tmp/segurnum-pg.XXXXXX)
scratch=$folder/scratch
end() {
  kill "${types:-}" 2>/dev/null || true
  wait "${server:-}" 2>/dev/null || true  # a server that is starting cannot be told to stop
  scripts/postgres.sh stop "$folder" || true
  rm -rf "$folder" "$scratch"
}
trap end EXIT
# What the tests write and sync goes to memory where there is room for it.
if [ "$(df --output=avail -m /dev/shm 2>/dev/null | tail -n 1)" -gt 2000 ] 2>/dev/null; then
  scratch=$(mktemp -d /dev/shm/segurnum-tests.XXXXXX)
fi
mkdir -p "$scratch"
chmod 755 "$folder" "$scratch"  # PostgreSQL, which refuses root, has its files there
export TMPDIR=$scratch

echo "== style, floors"
ruff check .
ruff format --check .
lint-imports --no-cache

# Both beside the first minute of the suite, which waits for them at its end: the types, and a server for the second.
# Nothing here outlives the machine, so nothing waits for the disk. No autovacuum: a plan kept from when a table was
# analysed empty reads the whole of it for each of forty thousand rows.
mypy >"$folder/types" 2>&1 &
types=$!
port=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
scripts/postgres.sh start "$folder" "$port" fsync=off synchronous_commit=off full_page_writes=off autovacuum=off &
server=$!

# Two cores, four workers: one mostly waits for the browser, another for a scheduler.
echo "== the suite on SQLite, with the journeys in Chromium"
pytest -n 4 --dist loadgroup -q

echo "== types"
wait "$types" || { cat "$folder/types"; exit 1; }
cat "$folder/types"

echo "== the same suite on PostgreSQL, without what asks no database, nor the browser"
wait "$server"
TEST_DATABASE_URL="postgresql://segur@127.0.0.1:$port" pytest -n 3 --dist loadgroup -q -m "not browser" \
  --ignore=tests/domain --ignore=tests/exchange --ignore=tests/corridors --ignore=tests/adapters \
  --ignore=tests/forms --ignore=tests/test_structure.py --ignore=tests/test_config.py --ignore=tests/test_docs.py \
  --ignore=tests/test_bench.py
