# Sets a Debian or Ubuntu machine up: what script/run and script/test have in common. Sourced, not run.
# Each need_… function installs one thing where it is missing, and says so.

root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/keepwell
# One folder a checkout: cargo would take what another one built for its own.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target-$(printf %s "$root" | sha256sum | cut -c 1-8)}
stamps=$CARGO_TARGET_DIR/keepwell-stamps
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin

postgresql_min=15
node_range='20.19 or newer of 20, or 22.12 or newer' # what web/package.json says, for people
rust_min=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")

say() { printf '==> %s\n' "$*" >&2; }
fail() { printf '%s: %s\n' "$0" "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
# Whether version $1 is at least $2.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

# One line for all that a part is made from. Names, sizes and times: cheap enough for every start.
fingerprint() {
  (cd "$root" && find "$@" \
    \( -name node_modules -o -path web/dist -o -path web/test-results \
       -o -path web/playwright-report -o -path web/journeys \) -prune \
    -o -type f -printf '%p %s %T@\n' | LC_ALL=C sort | sha256sum | cut -d ' ' -f 1)
}

is_stamped() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$2" ]; }
stamp() { mkdir -p "$stamps" && printf '%s\n' "$2" >"$stamps/$1"; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif has sudo; then sudo "$@"
  else fail "root must run this, and there is no sudo:  $*"
  fi
}

apt_updated=
update_packages() {
  [ -z "$apt_updated" ] || return 0
  say "apt-get update"
  as_root apt-get update -q
  apt_updated=yes
}
install_packages() {
  has apt-get || fail "please install these yourself, there is no apt here:  $*"
  update_packages
  say "apt-get install $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

postgresql_version() {
  {
    for bin in "${KEEPWELL_PG_BIN:-}" /usr/lib/postgresql/*/bin; do
      [ -x "$bin/initdb" ] && "$bin/postgres" --version
    done
    has initdb && has postgres && postgres --version
  } 2>/dev/null | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p' | sort -n | tail -n 1
}

need_postgresql() {
  local found
  found=$(postgresql_version)
  if [ -z "$found" ]; then
    # Debian's package also starts a server of its own; Keepwell does not use it.
    install_packages postgresql
    found=$(postgresql_version)
  fi
  [ "${found:-0}" -ge "$postgresql_min" ] || fail "PostgreSQL ${found:-nothing} is installed, and \
Keepwell needs $postgresql_min or newer. This release of the system has none; PostgreSQL's own does:
  sudo apt install postgresql-common
  sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh
  sudo apt install postgresql-17"
}

# Whether Node.js is one that the web app's tools run on: `engines` in web/package.json.
node_suits() {
  local version
  version=$(has node && node -p 'process.versions.node') || return 1
  case $version in
    20.*) at_least "$version" 20.19.0 ;;
    *) at_least "$version" 22.12.0 ;;
  esac
}

# Debian 12 and Ubuntu 24.04 have an older Node.js than the web app's tools need. The npm registry has
# the official builds as plain packages, without install scripts.
need_node() {
  if ! has node || ! has npm; then install_packages nodejs npm; fi
  node_suits && return
  local own=$cache/node architecture
  case $(uname -m) in
    x86_64) architecture=x64 ;;
    aarch64) architecture=arm64 ;;
    *) fail "Node.js $(node --version) is installed; building the web app needs $node_range" ;;
  esac
  PATH=$own/node_modules/node-linux-$architecture/bin:$PATH
  hash -r
  node_suits && return
  say "Node.js 22 into $own"
  mkdir -p "$own"
  npm install --prefix "$own" --ignore-scripts --no-audit --no-fund --no-save \
    "node-linux-$architecture@22" >&2
  hash -r
  node_suits || fail "could not install Node.js; building the web app needs $node_range"
}

need_compiler() {
  if ! has cc; then
    install_packages gcc libc6-dev
  fi
  # util-linux ties the database to Keepwell's life; it is part of every Debian.
  has setpriv || install_packages util-linux
}

rust_version() { (cd "$root" && cargo --version 2>/dev/null | cut -d ' ' -f 2); }

need_rust() {
  if has cargo && at_least "$(rust_version)" "$rust_min"; then return; fi
  if ! has rustup; then
    has curl || install_packages curl ca-certificates
    say "installing Rust with rustup (https://rustup.rs) into ${CARGO_HOME:-$HOME/.cargo}"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
      sh -s -- -y --no-modify-path --profile minimal --component rustfmt,clippy \
        --default-toolchain stable
  else
    say "rustup update stable"
    rustup toolchain install stable --profile minimal --component rustfmt,clippy
  fi
  # rustup's own comes before one of the system that is too old.
  PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
  hash -r
  at_least "$(rust_version)" "$rust_min" || fail "Rust $(rust_version) is installed, and Keepwell \
needs $rust_min or newer:  rustup update stable && rustup default stable"
}

# What checks the form of the code; a toolchain of the minimal profile comes without.
need_rust_checks() {
  if cargo fmt --version && cargo clippy --version; then return; fi >/dev/null 2>&1
  has rustup || fail "cargo fmt or cargo clippy is missing. Install them beside your Rust, or let \
rustup do it (https://rustup.rs)"
  say "rustup component add rustfmt clippy"
  rustup component add rustfmt clippy
  cargo fmt --version >&2
  cargo clippy --version >&2
}

# The web app's packages, exactly as locked, and never one of their scripts.
need_web_packages() {
  need_node
  local locked
  locked=$(sha256sum <"$root/web/package-lock.json")
  if [ "$(cat "$root/web/node_modules/.keepwell-locked" 2>/dev/null)" = "$locked" ]; then return; fi
  say "npm ci"
  (cd "$root/web" && npm ci --ignore-scripts --no-audit --no-fund) >&2
  printf '%s\n' "$locked" >"$root/web/node_modules/.keepwell-locked"
}

build_web() {
  local made_from
  made_from=$root-$(fingerprint web)
  if is_stamped web "$made_from" && [ -f "$root/web/dist/index.html" ]; then return; fi
  need_web_packages
  say "building the web app"
  (cd "$root/web" && npm run build) >&2
  stamp web "$made_from"
}

# A browser for the journeys: CHROMIUM where it is given, the system's, or Playwright's own. Exports
# CHROMIUM. Ubuntu has Chromium only as a snap, which sees neither our folders nor our home.
need_chromium() {
  has curl || install_packages curl ca-certificates
  # Puts the program's own certificate authority where Chromium looks for it.
  has certutil || install_packages libnss3-tools
  if [ -x "${CHROMIUM:-}" ]; then export CHROMIUM; return; fi
  CHROMIUM=$(command -v chromium || true)
  case $CHROMIUM in
    /snap/*) CHROMIUM= ;;
  esac
  if [ -z "$CHROMIUM" ] && has apt-get; then
    update_packages
    case $(LC_ALL=C apt-cache policy chromium) in
      *'Candidate: '[0-9]*)
        install_packages chromium fonts-dejavu-core
        CHROMIUM=$(command -v chromium)
        ;;
    esac
  fi
  if [ -z "$CHROMIUM" ]; then
    need_web_packages
    local where="process.stdout.write(require('@playwright/test').chromium.executablePath())"
    CHROMIUM=$(cd "$root/web" && node -e "$where")
    if ! [ -x "$CHROMIUM" ]; then
      say "npx playwright install --with-deps chromium"
      (cd "$root/web" && npx --no-install playwright install --with-deps chromium) >&2
    fi
    [ -x "$CHROMIUM" ] || fail "there is no Chromium; name one in the variable CHROMIUM"
  fi
  export CHROMIUM
}

# A tool of the Rust world, built from source once.
need_rust_tool() {
  if has "$1"; then return; fi
  say "cargo install $1"
  CARGO_TARGET_DIR=$cache/tools cargo install --locked "$1" >&2
}
