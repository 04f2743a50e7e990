#!/usr/bin/env bash
# Make .venv: the pinned dependencies, and this checkout, editable. make runs it when the lock changes.
# System packages named as arguments are installed, or asked for, together with those that .venv needs.
set -euo pipefail
cd "$(dirname "$0")/.."

supported() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2> /dev/null
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
        if supported "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11, 3.12 or 3.13 is needed and none was found; install one, or name it: make PYTHON=/path/to/python3.11" >&2
    return 1
}

if ! supported .venv/bin/python || ! .venv/bin/python -c 'import pip' 2> /dev/null; then
    python=$(find_python)
    # Debian keeps the part of the standard library that venv needs in a package of its own.
    if ! "$python" -c 'import ensurepip' 2> /dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        tools/system_packages.sh "python$version-venv" "$@"
    fi
    "$python" -m venv --clear .venv
fi

echo "Installing the pinned dependencies into .venv (3 GB; the first time takes a minute or more)"
pip=(.venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet)
"${pip[@]}" --require-hashes --requirement requirements.lock
"${pip[@]}" --no-deps --no-build-isolation --editable .
