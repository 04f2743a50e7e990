"""Small tomograms for tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.datasets.labelling import BoxGrid, TrainingBox, box_labels
from scseg.datasets.tomogram import Tomogram

if TYPE_CHECKING:
    from numpy.typing import NDArray


def tomogram_of(voxels: NDArray[Any], apix: float | None = 10.0, name: str = "t.mrc") -> Tomogram:
    """Return a tomogram in memory, cubic voxels of `apix` A."""
    size = None if apix is None else (apix, apix, apix)
    return Tomogram(Path(name), np.asarray(voxels), size, (0.0, 0.0, 0.0), (0, 0, 0), ())


def one_label(drawn: NDArray[np.uint8], box: TrainingBox, grid: BoxGrid) -> NDArray[np.uint8]:
    """Return the label of one box."""
    (label,) = box_labels(drawn, [box], grid)
    return label
