# shellcheck shell=bash
# Sourced by apps/quickstart and tests/run, from the root of the repository:
# what both need before they can build. Installs Debian packages, and only when
# one is missing, so that nothing here needs a network twice.

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
    -o Acquire::Retries=3 "$@"
}

say() { printf '==> %s\n' "$*"; }

stop() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    stop "packages are missing; run this as root, or install sudo"
  fi
}

# "<package> <least version or 0>" for each use named.
packages_for() {
  local uses=" $* " use package version
  while read -r use package version; do
    case "$use" in '' | '#'*) continue ;; esac
    case "$uses" in *" $use "*) echo "$package ${version:-0}" ;; esac
  done <apps/packages.txt
}

installed() {
  local version
  version=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$1" 2>/dev/null) \
    && [ "${version% *}" = installed ] \
    && dpkg --compare-versions "${version#* }" ge "$2"
}

candidate() {
  LC_ALL=C apt-cache policy "$1" | sed -n 's/^  Candidate: //p'
}

missing_packages() {
  packages_for "$@" | while read -r package version; do
    installed "$package" "$version" || echo "$package $version"
  done
}

# Where this machine takes a suite of Debian from; nothing if it does not.
mirror_of() {
  # shellcheck disable=SC2016 # apt expands it
  apt-get indextargets --format '$(CODENAME) $(SITE) $(ORIGIN)' \
    "Created-By: Packages" \
    | awk -v suite="$1" '$1 == suite && $3 ~ /^Debian/ { print $2; exit }'
}

# Makes the backports of this machine's own suite known, from the same mirror.
add_backports() {
  local suite mirror key=/usr/share/keyrings/debian-archive-keyring.gpg
  suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  backports=$suite-backports
  [ -z "$(mirror_of "$backports")" ] || return 0
  mirror=$(mirror_of "$suite")
  [ -n "$mirror" ] \
    || stop "found no mirror of Debian ${suite:-} to take backports from"
  say "adding $backports from $mirror"
  [ -r "$key" ] && key="[signed-by=$key] " || key=''
  echo "deb $key$mirror $backports main" \
    | as_root tee /etc/apt/sources.list.d/holdfast-backports.list >/dev/null
  apt_get update
}

# Installs what is missing for the uses named.
ensure_packages() {
  local missing package version plain=() newer=() backports=''
  command -v dpkg-query >/dev/null || {
    say "no Debian packages here: apps/packages.txt says what is needed"
    return 0
  }
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0

  say "installing packages: $(cut -d ' ' -f 1 <<<"$missing" | tr '\n' ' ')"
  apt_get update || say "could not update the package lists; trying as they are"
  while read -r package version; do
    if [ "$version" = 0 ] \
      || dpkg --compare-versions "$(candidate "$package")" ge "$version"; then
      plain+=("$package")
    else
      newer+=("$package")
    fi
  done <<<"$missing"

  if [ "${#plain[@]}" -gt 0 ]; then
    apt_get install -y --no-install-recommends "${plain[@]}" \
      || stop "could not install: ${plain[*]}"
  fi
  if [ "${#newer[@]}" -gt 0 ]; then
    add_backports
    apt_get install -y --no-install-recommends -t "$backports" "${newer[@]}" \
      || stop "could not install from backports: ${newer[*]}"
  fi
}
