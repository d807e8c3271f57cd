#!/usr/bin/env bash
# Prepare (migrations, corridors, demo world) then serve: web and scheduler side by side.
set -euo pipefail
cd "$(dirname "$0")/.."
flask --app wsgi db upgrade
exec waitress-serve --listen="127.0.0.1:${PORT:-5000}" wsgi:app
