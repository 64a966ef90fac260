# Finds, downloads or unpacks a Python that Home Assistant can run on. Sourced by script/setup.
# shellcheck shell=bash

PYTHON_MINIMUM=3.14.2
DEBIAN_PYTHON=$DEV/debian-python/usr/bin/python3.14

# Whole means: new enough, and with all the modules that an incomplete build lacks.
python_is_whole() {
  [ -x "$1" ] && "$1" - "$PYTHON_MINIMUM" >/dev/null 2>&1 <<'PY'
import ctypes, lzma, sqlite3, ssl, sys, venv
wanted = tuple(map(int, sys.argv[1].split(".")))
sys.exit(not (wanted <= sys.version_info[:3] and sys.version_info[:2] == wanted[:2]))
PY
}

# Prints the path of an interpreter: the machine's own, else the one in .dev, else one fetched there by uv or, on
# Debian without access to uv's downloads, from Debian's packages.
find_python() {
  local found
  for found in "$(command -v python3.14 || true)" "$DEV"/uv-python/cpython-3.14*/bin/python3.14 "$DEBIAN_PYTHON"; do
    if python_is_whole "$found"; then
      printf '%s' "$found"
      return
    fi
  done
  fetch_python
}

fetch_python() {
  local found
  say "Fetching Python 3.14 …"
  # Without a route uv gives up within seconds; if packets are dropped, only after minutes.
  if timeout 300 "$UV" python install --install-dir "$DEV/uv-python" --no-bin 3.14 >>"$DEV/setup.log" 2>&1; then
    found=$(echo "$DEV"/uv-python/cpython-3.14*/bin/python3.14)
  else
    # shellcheck source=script/lib/debian_python.sh
    source "$ROOT/script/lib/debian_python.sh"
    if unpack_debian_python; then found=$DEBIAN_PYTHON; fi
  fi
  python_is_whole "${found:-}" || die "No Python $PYTHON_MINIMUM or newer (of 3.14) was found, and none could be fetched." \
    "Install one so that 'python3.14' is on PATH, or let this machine reach uv's downloads or a Debian mirror," \
    "then run script/setup again. What was tried is in .dev/setup.log."
  printf '%s' "$found"
}

# Sets UV, the only tool that the setup needs. Where it is missing, pip installs it in an environment of its own.
find_uv() {
  UV=$(command -v uv || true)
  if [ -n "$UV" ]; then return; fi
  UV=$DEV/uv/bin/uv
  if [ -x "$UV" ]; then return; fi
  local python
  python=$(command -v python3 || true)
  [ -n "$python" ] || die "Neither 'uv' nor 'python3' is on PATH." "Install one of them and start again."
  say "Installing uv …"
  rm -rf "$DEV/uv"
  if ! { "$python" -m venv "$DEV/uv" && "$DEV/uv/bin/pip" install -q uv; } >>"$DEV/setup.log" 2>&1; then
    rm -rf "$DEV/uv"
    die "uv could not be installed with $python." \
      "On Debian and Ubuntu 'apt install python3-venv' may be missing; otherwise install uv yourself." \
      "The full output is in .dev/setup.log."
  fi
}
