"""Particles as the centres of objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.base.progress import Report, silent
from scseg.objects.picks import Picks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.objects.components import Objects
    from scseg.objects.feature_volume import FeatureSlices


def centres(objects: Objects) -> NDArray[np.float64]:
    """Return the centre of mass of each label, float64 (n + 1, 3), (z, y, x) in voxels."""
    sums = np.zeros((len(objects.voxels), 3))
    for z, labels in enumerate(objects.labels):
        y, x = np.nonzero(labels)
        here = labels[y, x]
        counts = np.bincount(here, minlength=len(sums))
        sums[:, 0] += z * counts
        sums[:, 1] += np.bincount(here, y, len(sums))
        sums[:, 2] += np.bincount(here, x, len(sums))
    sums[0] = 0
    return sums / np.maximum(objects.voxels, 1)[:, None]


def pick_centres(
    objects: Objects,
    kept: NDArray[np.bool_],
    feature: FeatureSlices,
    report: Report = silent,
) -> Picks:
    """Return the centres of the objects that are kept; their scores are the means over the objects.

    Raises:
        ScsegError: the file is gone or is another one by now.
        CancelledError: from `report`.
    """
    scores = np.zeros(len(objects.voxels))
    for z, labels in enumerate(objects.labels):
        report(z / len(objects.labels), f"Scoring slice {z + 1} of {len(objects.labels)}")
        inside = labels > 0
        if inside.any():
            scores += np.bincount(labels[inside], feature.scores(z)[inside], len(scores))
    scores /= np.maximum(objects.voxels, 1)
    return Picks(centres(objects)[kept], scores[kept])
