#!/bin/sh
# Resolve requirements/*.in anew and write the hash-locked lists beside them.
set -eu
cd "$(dirname "$0")/../requirements"
uv=../.build/tools/bin/uv
for name in tools bot dev encoder; do
    "$uv" pip compile --quiet --upgrade --generate-hashes --python-version 3.10 --no-emit-index-url \
        --custom-compile-command "make lock" "$name.in" -o "$name.lock"
done
"$uv" pip compile --quiet --no-deps --generate-hashes --python-version 3.10 --no-emit-index-url \
    --custom-compile-command "make lock" weights.in -o weights.lock
