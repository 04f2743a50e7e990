"""The grid of voxels that positions are given in: that of their tomogram."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.datasets.formats.volume import Triple
    from scseg.datasets.tomogram import Tomogram

_SUFFIXES = re.compile(r"(\.(mrc|rec|map|st|ali|tiff?|gz|bz2|tomostar))+$", re.IGNORECASE)


@dataclass(frozen=True)
class Grid:
    """A tomogram, as far as positions in it need it.

    Attributes:
        name: of the tomogram, as other programs know it: without folder, suffix and what follows on `__`.
        shape: (z, y, x).
        voxel_size: A, (z, y, x); None where unknown.
    """

    name: str
    shape: tuple[int, int, int]
    voxel_size: Triple | None

    @property
    def size(self) -> Triple:
        """The voxel size in A.

        Raises:
            ScsegError: it is not known.
        """
        if self.voxel_size is None:
            raise ScsegError(
                f"The positions are in A, and {self.name} does not tell its voxel size; give it with "
                "--tomogram-apix, in the window under the list of tomograms."
            )
        return self.voxel_size


def grid_of(tomogram: Tomogram) -> Grid:
    """Return the grid of a tomogram, or of a volume that lies where one lies."""
    return Grid(tomogram_name(tomogram.path), tomogram.shape, tomogram.voxel_size)


def tomogram_name(path: Path) -> str:
    """Return what a tomogram is called: that of `13__Ribosome.mrc`, a prediction, is `13`."""
    return without_suffix(path.name).split("__")[0]


def without_suffix(name: str) -> str:
    """Return a name without its folder, and without the suffixes of tomograms."""
    return _SUFFIXES.sub("", name.replace("\\", "/").rsplit("/", 1)[-1])
