#!/bin/sh
# Resolve requirements/*.in anew and write the hash-locked lists beside them; with the name of a package, only that one moves.
# docs/dependencies.md says what to do before and after.
set -eu
cd "$(dirname "$0")/../requirements"
uv=../.build/tools/bin/uv
package=${1:-}
lock() { # name, Python version, further options
    name=$1 version=$2; shift 2
    if [ -n "$package" ]; then set -- --upgrade-package "$package" "$@"; else set -- --upgrade "$@"; fi
    "$uv" pip compile --quiet --generate-hashes --python-version "$version" --no-emit-index-url \
        --custom-compile-command "make lock" "$@" "$name.in" -o "$name.lock"
}
lock bot 3.10 --override overrides.txt
for name in tools dev names console console-dev audit; do lock "$name" 3.10; done
lock finetune 3.11
lock weights 3.11 --no-deps
echo "lock: done. Now: make setup licences (the list of what is shipped), make audit, make test." >&2
