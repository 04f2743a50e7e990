"""Parting objects that touch: a watershed on the distance to the surface, less what is no neck.

Each summit of the distance is the middle of a part. Two parts that meet are one, unless the neck between
them is narrow beside the thinner of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.base.progress import Report, silent
from scseg.objects.boxes import LabelBoxes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from scseg.datasets.formats.volume import Triple

    Labels = NDArray[Any]
    Box = tuple[slice, slice, slice]

NECK = 0.75
"""Parts stay one where the way between them is at least this wide, beside the width of the thinner one."""

_NEIGHBOURS = [
    (dz, dy, dx)
    for dz in (0, 1)
    for dy in (-1, 0, 1)
    for dx in (-1, 0, 1)
    if (dz, dy, dx) > (0, 0, 0)
]


def split_touching(
    labels: Labels, voxel_size: Triple, report: Report = silent
) -> NDArray[np.uint32]:
    """Return labels, (z, y, x), in which objects are parted at their necks, counted from 1.

    Args:
        labels: of objects that hang together, counted from 1.
        voxel_size: in any unit, (z, y, x).
        report: is called for each object.

    Raises:
        CancelledError: from `report`.
    """
    boxes = LabelBoxes(labels)
    result = np.zeros(labels.shape, np.uint32)
    count = 0
    for label in range(1, len(boxes)):
        report(label / len(boxes), f"Splitting object {label} of {len(boxes) - 1}")
        box = boxes.around(label)
        mask = labels[box] == label
        parts = parts_of(mask, voxel_size)
        result[box][mask] = parts[mask] + np.uint32(count)
        count += int(parts.max())
    return result


def parts_of(mask: NDArray[np.bool_], voxel_size: Triple) -> NDArray[np.uint32]:
    """Return the parts of one object, (z, y, x), counted from 1."""
    import cc3d  # noqa: PLC0415 - nothing that does not need these should wait for them
    import edt  # noqa: PLC0415
    from scipy.ndimage import maximum_filter  # noqa: PLC0415
    from skimage.segmentation import watershed  # noqa: PLC0415

    distance = edt.edt(np.ascontiguousarray(mask), anisotropy=voxel_size)
    summits = (maximum_filter(distance, 3) == distance) & mask
    markers, count = cc3d.connected_components(summits, connectivity=26, return_N=True)
    if count < 2:
        return mask.astype(np.uint32)
    basins = watershed(-distance, markers, mask=mask, connectivity=3)
    peaks = np.zeros(count + 1)
    np.maximum.at(peaks, markers[summits], distance[summits])
    numbers = _joined(peaks, _passes(basins, distance))
    return np.asarray(numbers[basins], np.uint32)


def _passes(basins: Labels, distance: NDArray[np.float32]) -> dict[tuple[int, int], float]:
    """Return how wide the widest way is between each two basins that meet."""
    count = int(basins.max()) + 1
    pairs: list[NDArray[np.int64]] = []
    ways: list[NDArray[np.float32]] = []
    for here, there in _neighbours():
        first, second = basins[here], basins[there]
        meet = (first != second) & (first > 0) & (second > 0)
        low, high = np.minimum(first[meet], second[meet]), np.maximum(first[meet], second[meet])
        pairs.append(low.astype(np.int64) * count + high)
        ways.append(np.minimum(distance[here][meet], distance[there][meet]))
    distinct, which = np.unique(np.concatenate(pairs), return_inverse=True)
    widest = np.zeros(len(distinct))
    np.maximum.at(widest, which, np.concatenate(ways))
    return {
        (pair // count, pair % count): wide
        for pair, wide in zip(distinct.tolist(), widest.tolist(), strict=True)
    }


def _neighbours() -> Iterator[tuple[Box, Box]]:
    """Yield the parts of a volume that lie on each other when it is moved to one of 13 neighbours."""
    for step in _NEIGHBOURS:
        here = tuple(slice(max(0, -d), -d if d > 0 else None) for d in step)
        there = tuple(slice(max(0, d), d if d < 0 else None) for d in step)
        yield (here[0], here[1], here[2]), (there[0], there[1], there[2])


def _joined(peaks: NDArray[np.float64], passes: dict[tuple[int, int], float]) -> NDArray[np.int64]:
    """Return the number of the part that each basin belongs to, the widest ways being joined first."""
    parent = list(range(len(peaks)))
    height = peaks.tolist()

    def root(basin: int) -> int:
        while parent[basin] != basin:
            parent[basin] = parent[parent[basin]]
            basin = parent[basin]
        return basin

    for (low, high), wide in sorted(passes.items(), key=lambda item: -item[1]):
        first, second = root(low), root(high)
        if first != second and wide >= NECK * min(height[first], height[second]):
            parent[max(first, second)] = min(first, second)
            height[min(first, second)] = max(height[first], height[second])
    roots = np.array([root(basin) for basin in range(len(peaks))])
    return np.unique(roots, return_inverse=True)[1].reshape(-1)
