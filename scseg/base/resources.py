"""The one way to the files of res/: shaders, icons, fonts."""

from __future__ import annotations

from pathlib import Path


def resource_path(name: str) -> Path:
    """Return the path of a file of res/, be the program installed as a wheel or run from a checkout."""
    package = Path(__file__).resolve().parents[1]
    packed = package / "res" / name
    return packed if packed.exists() else package.parent / "res" / name
