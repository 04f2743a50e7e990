"""A small disk that is soon full."""

from __future__ import annotations

import contextlib
import shutil
import subprocess

import pytest


@contextlib.contextmanager
def small_disk(folder):
    """Make a folder a disk of 1 MB, where this user may do so."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("this user may not mount a small disk")
    try:
        yield
    finally:
        # Lazily: the memory map of a tomogram may still be alive.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(ballast):
    """Write until there is no room."""
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
