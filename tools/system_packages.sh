#!/usr/bin/env bash
# Make sure that Debian packages are installed: system_packages.sh [PACKAGE...]
# What is missing is installed, as root or by a sudo that asks no password; where neither is
# permitted, the command for the administrator is printed and the script fails.
set -euo pipefail

[ $# -gt 0 ] || exit 0
if ! command -v apt-get > /dev/null; then
    echo "No apt-get here, so what these Debian packages hold is taken as installed: $*"
    exit 0
fi

missing=()
for package in "$@"; do
    # Where a package is installed for several architectures, each has a line.
    dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2> /dev/null |
        grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2> /dev/null; then
    as_root=(sudo -n)
else
    echo "System packages are missing that only an administrator may install. Ask for:" >&2
    echo "    sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi

echo "Installing system packages: ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --option DPkg::Lock::Timeout=300 --option Dpkg::Use-Pty=0)
# Lists that cannot all be renewed (a dead third-party source) may still hold what is needed.
"${apt[@]}" --quiet update || echo "apt-get update failed; trying with the package lists there are." >&2
"${apt[@]}" --quiet install --yes --no-install-recommends "${missing[@]}"
