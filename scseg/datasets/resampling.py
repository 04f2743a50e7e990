"""The one way of changing pixel sizes, for boxes and whole slices, grey values and labels.

Positions are exact: output pixel i of `size` pixels around `centre` reads the input at
centre + (i - (size - 1) / 2) * step, where step is the output's pixel size over the input's. Each
output pixel is a weighted mean of input pixels whose weights depend on that position alone. A box is
therefore the same pixel for pixel, be it resampled by itself or cut from the resampled slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

TOLERANCE = 0.01
"""Pixel sizes that differ by less than this fraction are taken as equal."""


_FAR = 1.1
_VERY_FAR = 2.0


@dataclass(frozen=True)
class Kernel:
    """Weight of an input pixel at a distance `d` (in input pixels) from a position read at `step`."""

    reach: Callable[[float], float]
    weight: Callable[[NDArray[np.float64], float], NDArray[np.float64]]


def _cubic(d: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Keys' cubic convolution (a = -1/2; Keys, IEEE Trans. ASSP 29, 1981), widened to low-pass."""
    t = np.abs(d) / max(step, 1.0)
    near = (1.5 * t - 2.5) * t * t + 1.0
    far = ((-0.5 * t + 2.5) * t - 4.0) * t + 2.0
    return np.asarray(np.where(t < 1.0, near, np.where(t < 2.0, far, 0.0)))


def _linear(d: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    return np.asarray(np.maximum(0.0, 1.0 - np.abs(d) / max(step, 1.0)))


def _area(d: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Length of an input pixel that lies inside the output pixel."""
    left = np.maximum(d - 0.5, -step / 2)
    right = np.minimum(d + 0.5, step / 2)
    return np.asarray(np.maximum(0.0, right - left))


GREY = Kernel(lambda step: 2.0 * max(step, 1.0), _cubic)
"""For grey values: smooth, and free of aliasing when pixels grow."""
PREDICTION = Kernel(lambda step: max(step, 1.0), _linear)
"""For values that must stay within their range."""
AREA = Kernel(lambda step: (step + 1.0) / 2, _area)
"""For masks: the fraction of the output pixel's area that the mask covers."""


def differ(apix: float, other: float) -> bool:
    """Tell whether two pixel sizes (A) are so different that images are resampled."""
    return abs(apix / other - 1.0) > TOLERANCE


def concern(native: float, wanted: float) -> str:
    """Return how a difference in pixel size (A) will show, as the start of a sentence; empty: hardly."""
    ratio = max(native / wanted, wanted / native)
    if ratio <= _FAR:
        return ""
    return "Warning: results will be poor" if ratio > _VERY_FAR else "Results may be poorer"


def resampled(
    image: NDArray[np.float32],
    centre: tuple[float, float],
    size: tuple[int, int],
    step: float,
    kernel: Kernel = GREY,
) -> NDArray[np.float32]:
    """Return `size` (y, x) pixels around `centre` (y, x), `step` input pixels apart, as float32.

    Reads only the part of `image` (y, x) that the result depends on. Beyond its edges the image is
    mirrored.
    """
    rows, row_weights = _axis(image.shape[0], centre[0], size[0], step, kernel)
    columns, column_weights = _axis(image.shape[1], centre[1], size[1], step, kernel)
    part = np.asarray(image[rows, columns], np.float32)
    return np.asarray((column_weights @ (row_weights @ part).T).T, np.float32)


def resampled_slice(
    image: NDArray[np.float32], step: float, kernel: Kernel = GREY
) -> NDArray[np.float32]:
    """Return a whole slice (y, x) with pixels `step` times as large, centred on the same point."""
    return resampled(image, _middle(image.shape), slice_shape(image.shape, step), step, kernel)


def slice_shape(shape: tuple[int, ...], step: float) -> tuple[int, int]:
    """Return the (y, x) size of a slice of `shape` after resampling: no strip at the edge is lost."""
    height, width = (max(1, int(np.ceil(length / step - 1e-6))) for length in shape)
    return height, width


def restored_slice(
    image: NDArray[np.float32], shape: tuple[int, int], step: float
) -> NDArray[np.float32]:
    """Return a prediction made on `resampled_slice(…, step)` in the pixels of the slice of `shape`."""
    return resampled(image, _middle(image.shape), shape, 1.0 / step, PREDICTION)


def _middle(shape: tuple[int, ...]) -> tuple[float, float]:
    return (shape[0] - 1) / 2, (shape[1] - 1) / 2


def _axis(
    length: int, centre: float, size: int, step: float, kernel: Kernel
) -> tuple[slice, sparse.csr_array]:
    """Return the range of input pixels that is read, and the weights (size, range) along one axis."""
    positions = centre + (np.arange(size) - (size - 1) / 2) * step
    reach = int(np.ceil(kernel.reach(step)))
    taps = np.floor(positions).astype(np.int64)[:, None] + np.arange(-reach, reach + 2)
    weights = kernel.weight(taps - positions[:, None], step)
    weights /= weights.sum(axis=1, keepdims=True)
    columns = _mirrored(taps, length)
    start, stop = int(columns.min()), int(columns.max()) + 1
    lines = np.repeat(np.arange(size), taps.shape[1])
    matrix = sparse.coo_array(
        (weights.ravel().astype(np.float32), (lines, columns.ravel() - start)),
        shape=(size, stop - start),
    )
    return slice(start, stop), matrix.tocsr()


def _mirrored(indices: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Reflect indices at the centres of the first and last pixel, as often as it takes."""
    if length == 1:
        return np.zeros_like(indices)
    period = 2 * (length - 1)
    folded = np.mod(indices, period)
    return np.asarray(np.minimum(folded, period - folded))
