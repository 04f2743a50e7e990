"""Where the files of demo tomograms are: known without what simulates them, which takes long to import."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.base.folders import cache_folder

if TYPE_CHECKING:
    from pathlib import Path

LABELS = ("Membrane", "Carbon", "Ribosome", "Microtubule")


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


def seed_of(tomogram: Path) -> int | None:
    """Return from which seed a demo tomogram was made, as its name tells; None for any other file."""
    found = re.fullmatch(r"demo(?:_seed(\d+))?_tomogram\.mrc", tomogram.name)
    return int(found[1] or 0) if found else None


def files_of(folder: Path, seed: int) -> DemoFiles:
    """Return where the files of a demo tomogram are, or will be."""
    start = "demo" if seed == 0 else f"demo_seed{seed}"
    return DemoFiles(
        tomogram=folder / f"{start}_tomogram.mrc",
        labels={name: folder / f"{start}_{name.lower()}.mrc" for name in LABELS},
        ribosome_centres=folder / f"{start}_ribosome_centres.txt",
    )
