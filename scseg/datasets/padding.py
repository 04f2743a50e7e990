"""Padding of slices: voxels of one exact value that fill a border, where there is no specimen.

Programs that rotate, shift, mask or enlarge tomograms leave it: zeros, the mean, or NaN. Such voxels occur in
noise too, above all in bytes, and where grey values were clipped; but there they fill no border.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Seed = tuple[int, int]

_PART_OF_BORDER, _SHORTEST = 64, 8
"""Equal voxels in a row along this part of a slice's border, and at least so many, fill it."""

_CHANCE = 1e-6
"""With which a run is as long where grey values only come in few steps."""

_SMALLEST_PART = 1e-3
"""Of a slice: what is smaller is no matter."""

_SPECK, _MOST_SPECKLED = 5, 0.02
"""Where gaps narrower than so many voxels make up more than this part of a region, noise reaches into it: its
grey values were clipped."""

_LINES_LOOKED_AT = 32
_FEWEST_VALUES, _VALUES_LOOKED_AT = 8, 4096


def padding_of(raw: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Return where a slice (y, x), in the type of its file, is padding, bool (y, x); None: nowhere.

    It is what hangs together with long runs of equal voxels along the border of the slice. Values that are
    no numbers or infinite count as one value.
    """
    found = None
    for value, seeds in _runs(raw).items():
        region = _region(_equal(raw, value), seeds)
        if region.mean() >= _SMALLEST_PART and not _is_speckled(region):
            found = region if found is None else found | region
    return found


def specimen_of(
    sample: NDArray[np.float32], padding: NDArray[np.bool_] | None
) -> NDArray[np.float32] | None:
    """Return the values of a sample (n,) that are not padding (n,); None where these are no grey values.

    That is, where hardly any are left or they are few different ones, as in masks and labels.
    """
    if padding is None:
        return None
    specimen = sample[~padding]
    some = specimen[:: max(1, specimen.size // _VALUES_LOOKED_AT)]
    return specimen if np.unique(some).size >= _FEWEST_VALUES else None


def _runs(raw: NDArray[Any]) -> dict[float, list[Seed]]:
    """Return the values that fill parts of the border, and where (y, x) each of these parts begins."""
    ys, xs = _around(*raw.shape)
    ring = raw[ys, xs]
    changes = np.flatnonzero(~_alike(ring, np.roll(ring, 1)))
    if not changes.size:
        changes = np.zeros(1, np.int64)
    lengths = np.diff(changes, append=changes[0] + ring.size)
    long = np.flatnonzero(lengths >= max(_SHORTEST, ring.size // _PART_OF_BORDER))
    values = [ring[start].item() if np.isfinite(ring[start]) else np.nan for start in changes[long]]
    by_chance = {value: _longest_by_chance(raw, value) for value in set(values)}
    found: dict[float, list[Seed]] = {}
    for value, start, length in zip(values, changes[long], lengths[long], strict=True):
        if length >= by_chance[value]:
            found.setdefault(value, []).append((int(ys[start]), int(xs[start])))
    return found


def _around(height: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the y and x of the voxels along the border of a slice, one after another all around."""
    down, right = np.arange(height), np.arange(width)
    top, last = np.zeros_like(right), np.full_like(right, height - 1)
    left, end = np.zeros_like(down), np.full_like(down, width - 1)
    ys = np.concatenate([top, down, last, down[::-1]])
    xs = np.concatenate([right, end, right[::-1], left])
    return ys, xs


def _longest_by_chance(raw: NDArray[Any], value: float) -> float:
    """Return how long runs of equal voxels may be where they are no padding, from those of other values."""
    share = max(_share_of_pairs(lines, value) for lines in (raw, raw.T))
    if share == 0.0:
        return 0.0
    return float(np.log(_CHANCE) / np.log(share)) if share < 1.0 else np.inf


def _share_of_pairs(lines: NDArray[Any], value: float) -> float:
    """Return how often, along lines, another value is followed by itself."""
    some = lines[:: max(1, len(lines) // _LINES_LOOKED_AT)]
    others = ~_equal(some[:, :-1], value)
    pairs = _alike(some[:, :-1], some[:, 1:])[others]
    return float(pairs.mean()) if pairs.size else 0.0


def _equal(raw: NDArray[Any], value: float) -> NDArray[np.bool_]:
    return np.asarray(~np.isfinite(raw) if np.isnan(value) else raw == value)


def _alike(some: NDArray[Any], others: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray((some == others) | ~(np.isfinite(some) | np.isfinite(others)))


def _region(equal: NDArray[np.bool_], seeds: list[Seed]) -> NDArray[np.bool_]:
    """Return which of the equal voxels hang together with those at the seeds."""
    filled = np.ascontiguousarray(equal).view(np.uint8)
    for y, x in seeds:
        if filled[y, x] == 1:
            cv2.floodFill(filled, None, (x, y), 2)
    return np.asarray(filled == 2)


def _is_speckled(region: NDArray[np.bool_]) -> bool:
    square, known = np.ones((_SPECK, _SPECK), np.uint8), region.view(np.uint8)
    # Nothing is known of what lies beyond the border: no gap is closed there.
    closed = cv2.morphologyEx(known, cv2.MORPH_CLOSE, square, borderType=0, borderValue=0)
    specks = np.count_nonzero(closed > known)
    return bool(specks > _MOST_SPECKLED * np.count_nonzero(known))
