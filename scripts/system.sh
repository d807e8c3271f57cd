#!/usr/bin/env bash
# Installs by apt what pip cannot bring, when it is missing: `system.sh python`, `test` or `bench`.
set -euo pipefail

install() {
  if ! command -v apt-get >/dev/null; then
    echo "Il manque : $*. Installez ces paquets avec le gestionnaire de votre système, puis relancez." >&2
    exit 1
  fi
  local sudo=""
  if [ "$(id -u)" != 0 ]; then
    sudo="sudo -n"
    $sudo true 2>/dev/null || { echo "Il manque : $*. Lancez : sudo apt-get install -y $*" >&2; exit 1; }
  fi
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

has_postgresql() {
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

missing=()
case "$1" in
  python)
    "$("$(dirname "$0")/python.sh")" -c 'import ensurepip, venv' 2>/dev/null || install python3 python3-venv
    ;;
  test)
    has_postgresql || missing+=(postgresql)
    command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || missing+=(chromium-headless-shell)
    command -v pdftotext >/dev/null || missing+=(poppler-utils)
    command -v clamd >/dev/null || missing+=(clamav-daemon)
    command -v faketime >/dev/null || missing+=(faketime)
    command -v strace >/dev/null || missing+=(strace)
    ;;
  bench)
    has_postgresql || missing+=(postgresql)
    command -v wrk >/dev/null || missing+=(wrk)
    command -v sqlite3 >/dev/null || missing+=(sqlite3)
    ;;
esac
[ ${#missing[@]} = 0 ] || install "${missing[@]}"
