"""Where the files of demo tomograms are, and whether they are whole.

Known without what simulates them, which takes long to import.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.base.files import regular_files
from scseg.base.folders import cache_folder, documents_folder

if TYPE_CHECKING:
    from pathlib import Path

LABELS = ("Membrane", "Carbon", "Ribosome", "Microtubule")
ANNOTATED = "Membrane"
"""The feature that is drawn on the demo tomogram to train on."""
STAMP = "scseg demo "
"""What the first label line of all its volumes begins with."""

_HEADER_LENGTH = 1024
_LABEL_LINE = slice(224, 304)
_VOXEL_BYTES = {0: 1, 2: 4}
"""Of the modes that its volumes have."""


@dataclass(frozen=True)
class DemoFiles:
    """Where the demo tomogram is, the 0/1 volume of each feature, and the ribosomes' centres.

    The centres are text, `x y z` a line, in voxels counted from 0.
    """

    tomogram: Path
    labels: dict[str, Path]
    ribosome_centres: Path


def demo_folder() -> Path:
    """Return where the demo tomogram is kept; it may not be there yet."""
    return cache_folder() / "demo"


def users_tomogram() -> Path:
    """Return where the window puts the demo tomogram: the user annotates it, so no cache may hold it."""
    return documents_folder() / "scSegmentation demo" / "demo_tomogram.mrc"


def seed_of(tomogram: Path) -> int | None:
    """Return from which seed a demo tomogram was made, as its name tells; None for any other file."""
    found = re.fullmatch(r"demo(?:_seed(\d+))?_tomogram\.mrc", tomogram.name)
    return int(found[1] or 0) if found else None


def files_of(folder: Path, seed: int) -> DemoFiles:
    """Return where the files of a demo tomogram are, or will be."""
    start = "demo" if seed == 0 else f"demo_seed{seed}"
    return files_beside(folder / f"{start}_tomogram.mrc")


def files_beside(tomogram: Path) -> DemoFiles:
    """Return where the files of the demo tomogram of that name are, or will be."""
    start = tomogram.stem.removesuffix("_tomogram")
    return DemoFiles(
        tomogram=tomogram,
        labels={name: tomogram.with_name(f"{start}_{name.lower()}.mrc") for name in LABELS},
        ribosome_centres=tomogram.with_name(f"{start}_ribosome_centres.txt"),
    )


def stamp_of(volume: Path) -> str:
    """Return what a volume of the demo says of its making; nothing where there is no such volume."""
    stamp = _beginning(volume)[_LABEL_LINE].decode("ascii", "replace").rstrip(" \0")
    return stamp if stamp.startswith(STAMP) else ""


def is_whole(volume: Path) -> bool:
    """Return whether a volume of the demo, made by any version, is there with all of its voxels."""
    if not stamp_of(volume):
        return False
    x, y, z, mode = struct.unpack("<4i", _beginning(volume)[:16])
    try:
        length = volume.stat().st_size
    except OSError:
        return False
    needed: int = _HEADER_LENGTH + x * y * z * _VOXEL_BYTES.get(mode, 0)
    return length == needed


def _beginning(path: Path) -> bytes:
    try:
        with regular_files.open_to_read(path) as file:
            return file.read(_LABEL_LINE.stop)
    except OSError:
        return b""
