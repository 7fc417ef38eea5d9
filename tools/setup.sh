#!/bin/sh
# Make the environments from the hash-locked lists. Does only what is not done yet.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }

stamp() { cat "$@" | cksum | tr ' ' '-'; }

# uv comes from a small environment of its own, made with whatever Python 3 is there.
uv=.build/tools/bin/uv
if [ ! -x "$uv" ]; then
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null ||
        { say "python3 (3.8 or newer) was not found. Install it with your system's package manager."; exit 1; }
    say "getting uv"
    python3 -m venv .build/tools ||
        { rm -rf .build/tools; say "python3 has no venv module; install your system's package for it (python3-venv)."; exit 1; }
    .build/tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.lock
fi

# Rasa 3.6.21 runs on Python 3.10 at most. A pyenv shim may exist for a version that is not installed: ask it.
find_python() {
    for candidate in python3.10 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10.*/bin/python3.10; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null &&
            { command -v "$candidate"; return; }
    done
    "$uv" python find --no-project 3.10 2>/dev/null && return
    say "Python 3.10 is not here; asking uv to get it"
    "$uv" python install --quiet 3.10 && "$uv" python find --no-project 3.10
}

make_environment() { # folder, lock files
    folder=$1; shift
    wanted=$(stamp "$@")
    [ "$(cat "$folder/.stamp" 2>/dev/null)" = "$wanted" ] && return
    python=$(find_python) || {
        say "Python 3.10 was not found, and uv could not get it. Rasa 3.6.21 needs it."
        say "Install it, for example: pyenv install 3.10   (or python3.10 and python3.10-venv from your system)."
        exit 1
    }
    say "making $folder"
    "$uv" venv --quiet --clear --python "$python" "$folder"
    arguments=""
    for lock in "$@"; do arguments="$arguments -r $lock"; done
    # The lists are whole: what is not in them (requirements/overrides.txt) is left out on purpose.
    # shellcheck disable=SC2086  # file names without blanks, meant to be split
    "$uv" pip install --quiet --no-deps --require-hashes --python "$folder/bin/python" $arguments
    echo "$wanted" > "$folder/.stamp"
}

install_packages() { # names of Debian packages
    [ $# -eq 0 ] && return
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
        { say "missing: $*. Install it with your system's package manager."; exit 1; }
    say "installing $*"
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@" >/dev/null; } ||
        { say "apt-get could not install $*; its words stand above."; exit 1; }
}

# For the tests of the chat page: a browser from the system, and from npm, by hash, what looks for barriers and reads types.
make_browser() {
    missing=""
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        missing="chromium fonts-dejavu-core"
    command -v npm >/dev/null || missing="$missing npm"
    # shellcheck disable=SC2086  # names without blanks, meant to be split
    install_packages $missing
    wanted=$(stamp tests/browser/package-lock.json)
    [ "$(cat tests/browser/node_modules/.stamp 2>/dev/null)" = "$wanted" ] && return
    say "getting what the browser tests need"
    (cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    echo "$wanted" > tests/browser/node_modules/.stamp
}

# For the tests of several copies: what stands around the guide on a larger site. The tests start private ones.
make_servers() {
    missing=""
    ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="postgresql"
    command -v redis-server >/dev/null || missing="$missing redis-server"
    command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing="$missing nginx-light"
    command -v openssl >/dev/null || missing="$missing openssl"
    command -v systemd-analyze >/dev/null || missing="$missing systemd"
    # shellcheck disable=SC2086  # names without blanks, meant to be split
    install_packages $missing
}

case "${1:-run}" in
    run) make_environment .venv requirements/bot.lock ;;
    test) make_environment .venv-test requirements/bot.lock requirements/dev.lock ;;
    console) make_environment .venv-console requirements/console.lock requirements/console-dev.lock ;;
    audit) make_environment .build/audit requirements/audit.lock ;;
    browser) make_browser ;;
    servers) make_servers ;;
    *) say "use: tools/setup.sh [run|test|console|audit|browser|servers]"; exit 2 ;;
esac
