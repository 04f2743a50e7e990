#!/usr/bin/env bash
# See that each system and each Python we name gets a whole set of wheels: of the pinned versions, and of the
# newest that pyproject.toml allows, with all extras. Installs nothing; asks the index of packages.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=${UV:-.venv/bin/uv}
platforms=(x86_64-manylinux_2_28 aarch64-manylinux_2_35 aarch64-apple-darwin x86_64-pc-windows-msvc)
export MACOSX_DEPLOYMENT_TARGET=14.0 # of imgui-bundle's wheels
nowhere=$(mktemp -d)
trap 'rm -rf "$nowhere"' EXIT

for platform in "${platforms[@]}"; do
    for python in 3.11 3.12 3.13; do
        asked=(--quiet --only-binary :all: --python-platform "$platform" --python-version "$python")
        "$uv" pip install --dry-run --target "$nowhere" "${asked[@]}" --require-hashes -r requirements.lock
        "$uv" pip compile "${asked[@]}" --extra torch --extra jax --extra cluster pyproject.toml > /dev/null
        echo "$platform, Python $python: all wheels are there"
    done
done
