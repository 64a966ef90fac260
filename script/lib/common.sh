# Sourced by every script: paths, and one way to fail.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
DEV=$ROOT/.dev
cd -- "$ROOT"

# Bytecode is kept in .dev: without it, each start compiles Home Assistant again (6 s instead of 2 s).
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV
export PYTHONPYCACHEPREFIX=$DEV/pycache

# Environments are named after what they hold: current (Home Assistant 2026.11.0), floor (2026.10.4).
env_python() { printf '%s/env-%s/bin/python' "$DEV" "$1"; }

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $1"
  shift
  local line
  for line in "$@"; do say "  $line"; done
  exit 1
}
