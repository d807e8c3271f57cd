#!/usr/bin/env bash
# Prepare (migrations, corridors, demo world) then serve: web and scheduler side by side; Ctrl-C stops both.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${PORT:-5000}
# honcho gives each process a PORT of its own: the links of the mails must not follow it.
export PUBLIC_BASE_URL=${PUBLIC_BASE_URL:-http://127.0.0.1:$port} PYTHONUNBUFFERED=1

flask --app wsgi db upgrade
# The demo world publishes the shipped corridors itself, at the time its tale begins: before those of today.
if [ "${APP_ENV:-demo}" = demo ]; then
  flask --app wsgi demo
fi
flask --app wsgi corridors publish-shipped

echo "Portail : $PUBLIC_BASE_URL/ (Ctrl-C pour arrêter)"
exec honcho start --port "$port"
