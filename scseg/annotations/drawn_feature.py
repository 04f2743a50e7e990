"""What is drawn of a feature in all slices, as objects and picks are found in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.labels import FEATURE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.datasets.tomogram import Tomogram


@dataclass(frozen=True, eq=False)
class DrawnFeature:
    """A feature (its id) of an annotation, whose `contents` must not change meanwhile.

    `volume` is the tomogram that it is drawn on. What is drawn has no scores between 0 and 1.
    """

    volume: Tomogram
    contents: Contents
    feature: str
    threshold: float = 0.5

    def inside(self, z: int) -> NDArray[np.bool_]:
        """Return which voxels of slice z, (y, x), are the feature; what is marked as ignored is not."""
        return np.asarray(self.contents.mask(self.feature, z) == FEATURE)

    def scores(self, z: int) -> NDArray[np.float32]:
        """Return 1 where slice z, (y, x), is the feature, else 0."""
        return self.inside(z).astype(np.float32)
