#!/bin/sh
# Resolve requirements/*.in anew and write the hash-locked lists beside them.
set -eu
cd "$(dirname "$0")/../requirements"
uv=../.build/tools/bin/uv
lock() { # name, Python version, further options
    name=$1 version=$2; shift 2
    "$uv" pip compile --quiet --upgrade --generate-hashes --python-version "$version" --no-emit-index-url \
        --custom-compile-command "make lock" "$@" "$name.in" -o "$name.lock"
}
lock bot 3.10 --override overrides.txt
for name in tools dev names console console-dev; do lock "$name" 3.10; done
lock finetune 3.11
lock weights 3.11 --no-deps
