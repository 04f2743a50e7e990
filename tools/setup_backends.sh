#!/usr/bin/env bash
# Make .venv-backends: what .venv holds, and torch (its build for processors, where it has one of its own) and jax.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=.venv/bin/uv
.venv/bin/python -m pip install --quiet uv
echo "Installing torch and jax beside the pinned dependencies into .venv-backends (4 GB)"
"$uv" venv --quiet --clear --python "$(.venv/bin/python -c 'import sys; print(sys._base_executable)')" .venv-backends
into=(--quiet --python .venv-backends/bin/python)
"$uv" pip install "${into[@]}" --require-hashes --requirement requirements.lock

# The pinned versions stay: torch and jax are to fit them.
pinned=$(mktemp)
trap 'rm -f "$pinned"' EXIT
"$uv" pip freeze "${into[@]}" > "$pinned"
# TORCH=torch==2.13.0+cpu and UV_FIND_LINKS=FOLDER take it from a folder of wheels instead.
torch=(--torch-backend cpu torch)
[ -z "${TORCH:-}" ] || torch=("$TORCH")
"$uv" pip install "${into[@]}" --constraint "$pinned" "${torch[@]}" jax
"$uv" pip install "${into[@]}" --no-deps --no-build-isolation --editable .
