#!/usr/bin/env bash
# Make a wheel with two runtimes from a package that knows nothing of rtvariants, and use it.
# Run it as `bash docs/examples/fit.sh` where `rtvariants` is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# The sources stay as they are: `rtvariants` builds a copy.
rtvariants wheel unmodified --runtime v3=x86_64_v3 --runtime base=x86_64 --output "$out/dist"

python -m venv "$out/venv"
"$out/venv/bin/python" -m pip install -q --no-deps "$out"/dist/distances-*.whl
cd "$out"
venv/bin/python -c "import distances; print(distances.squared([0.0, 0.0], [3.0, 4.0]))"
venv/bin/python -m _distances_loader                      # the choice, and why
