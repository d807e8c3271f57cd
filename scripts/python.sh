#!/usr/bin/env bash
# Which Python makes the virtual environment? The first of the PATH, unless it was compiled without optimisation, as
# pyenv does by default: the tests then take a fifth more processor time than with the system's.
set -euo pipefail

optimised() { # built with --enable-optimizations; Debian, which does as much another way, does not say so
  python3 -c 'import sys, sysconfig; sys.exit("--enable-optimizations" not in (sysconfig.get_config_var("CONFIG_ARGS") or ""))'
}

system_s() {
  /usr/bin/python3 -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if ! optimised && system_s; then echo /usr/bin/python3; else echo python3; fi
