"""Particles as peaks of the smoothed prediction.

A slab of slices is smoothed at a time, with as many slices around it as the filter reaches; so memory does
not depend on the number of slices, and the picks not on the slabs. Beyond its faces a volume goes on as in a
mirror: a particle whose middle is on the first slice is as high a peak as any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.base.progress import Report, silent
from scseg.objects.feature_volume import enough_memory
from scseg.objects.picks import Picks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from scseg.datasets.formats.volume import Triple
    from scseg.objects.feature_volume import FeatureSlices

SMOOTHING = 1 / 6
"""Standard deviation of the filter, beside the diameter of a particle: what fits into it is kept."""
_REACH = 4.0
_SLAB = 32


def find_peaks(
    feature: FeatureSlices, diameter: float, voxel_size: Triple, report: Report = silent
) -> Picks:
    """Return the peaks of the smoothed scores of a feature that reach its threshold, in no order.

    Args:
        feature: what is picked.
        diameter: of a particle, in A.
        voxel_size: A, (z, y, x).
        report: is called for each slab of slices.

    Raises:
        ScsegError: the file is gone, or the memory does not suffice.
        CancelledError: from `report`.
    """
    found = [
        _peaks(slab, inner, feature.threshold) + (first - inner.start) * np.array([1.0, 0, 0, 0])
        for slab, inner, first in smoothed_slabs(feature, diameter, voxel_size, report)
    ]
    rows = np.concatenate(found)
    # In the mirror, the summit of a particle that is cut lies on the face: half a voxel outside.
    ends = np.asarray(feature.volume.shape) - 1
    return Picks(np.clip(rows[:, :3], 0, ends), rows[:, 3])


def smoothed_slabs(
    feature: FeatureSlices, diameter: float, voxel_size: Triple, report: Report = silent
) -> Iterator[tuple[NDArray[np.float32], slice, int]]:
    """Yield a volume of smoothed scores in slabs.

    Each comes with the slices of it that are to be used, and the number of the first of these in the volume;
    beside them lies one slice more, where the volume has it.
    """
    from scipy.ndimage import gaussian_filter  # noqa: PLC0415 - nothing else should wait for it

    depth = feature.volume.shape[0]
    sigmas = diameter * SMOOTHING / np.asarray(voxel_size)
    reach = int(_REACH * sigmas[0] + 0.5) + 1
    with enough_memory(feature.volume.path):
        for first in range(0, depth, _SLAB):
            report(first / depth, f"Smoothing from slice {first + 1} of {depth} on")
            last = min(first + _SLAB, depth)
            low, high = max(0, first - reach), min(depth, last + reach)
            scores = np.stack([feature.scores(z) for z in range(low, high)])
            smooth = gaussian_filter(scores, sigmas, mode="reflect", truncate=_REACH)
            kept = slice(max(0, first - 1) - low, min(depth, last + 1) - low)
            start = first - low - kept.start
            yield smooth[kept], slice(start, start + last - first), first


def _peaks(slab: NDArray[np.float32], inner: slice, threshold: float) -> NDArray[np.float64]:
    """Return the peaks on some slices of a slab, (n, 4): z, y, x between the voxels, and the height."""
    from scipy.ndimage import maximum_filter  # noqa: PLC0415

    highest = maximum_filter(slab, 3, mode="nearest")
    at_peak = (slab == highest) & (slab >= threshold)
    at_peak[: inner.start] = False
    at_peak[inner.stop :] = False
    places = np.argwhere(at_peak)
    heights = slab[at_peak].astype(np.float64)
    moved = np.stack([_summit(slab, places, axis) for axis in range(3)], axis=1)
    return np.column_stack([places + moved, heights])


def _summit(slab: NDArray[np.float32], places: NDArray[np.int64], axis: int) -> NDArray[np.float64]:
    """Return how far from voxels the summit is along an axis, by the parabola through three of them."""
    step = np.zeros(3, np.int64)
    step[axis] = 1
    ends = np.asarray(slab.shape) - 1
    # Beyond a face the volume goes on as in a mirror.
    before, here, after = (
        slab[tuple(np.clip(places + way * step, 0, ends).T)].astype(np.float64)
        for way in (-1, 0, 1)
    )
    bend = 2 * here - before - after
    offset = np.divide(after - before, 2 * bend, out=np.zeros(len(places)), where=bend > 0)
    return np.asarray(np.clip(offset, -0.5, 0.5))
