"""Small tomograms for tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.datasets.mask_volume import read_mask
from scseg.datasets.tomogram import Tomogram
from scseg.datasets.training_sets import extraction
from scseg.datasets.training_sets.labelling import BoxGrid, TrainingBox, box_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.training_sets.extraction import AnnotatedTomogram


@dataclass(frozen=True, eq=False)
class InMemory:
    """Voxels (z, y, x) that are in no file, with the face of `StoredVoxels`."""

    values: NDArray[Any]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.values.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    def slice(self, z: int) -> NDArray[Any]:
        return self.values[z].copy()

    def mapped(self) -> NDArray[Any]:
        return self.values


def tomogram_of(voxels: NDArray[Any], apix: float | None = 10.0, name: str = "t.mrc") -> Tomogram:
    """Return a tomogram in memory, cubic voxels of `apix` A."""
    size = None if apix is None else (apix, apix, apix)
    return Tomogram(Path(name), InMemory(np.asarray(voxels)), size, (0.0, 0.0, 0.0), (0, 0, 0), ())


def one_label(drawn: NDArray[np.uint8], box: TrainingBox, grid: BoxGrid) -> NDArray[np.uint8]:
    """Return the label of one box."""
    (label,) = box_labels(drawn, [box], grid)
    return label


def annotated_by_mask(
    tomogram: Tomogram, mask: Tomogram, centres: NDArray[np.int64]
) -> AnnotatedTomogram:
    """Return a tomogram annotated by a mask volume whose values are plain."""
    return extraction.annotated_by_mask(tomogram, read_mask(mask), centres)
