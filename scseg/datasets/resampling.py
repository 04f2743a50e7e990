"""The one way of changing pixel sizes, for boxes and whole slices, grey values and labels.

Positions are exact: output pixel i of `size` pixels around `centre` reads the input at
centre + (i - (size - 1) / 2) * step, where step is the output's pixel size over the input's. Each
output pixel is a weighted mean of input pixels whose weights depend on that position alone. A box is
therefore the same pixel for pixel, be it resampled by itself or cut from the resampled slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy import sparse

TOLERANCE = 0.01
"""Pixel sizes that differ by less than this fraction are taken as equal."""


_FAR = 1.1
_VERY_FAR = 2.0


@dataclass(frozen=True)
class Kernel:
    """Weight of an input pixel at a distance `d` (in input pixels) from a position read at `step`."""

    support: Callable[[float], float]
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


def apix_differs(apix: float, other: float) -> bool:
    """Tell whether two pixel sizes (A) are so different that images are resampled."""
    return abs(apix / other - 1.0) > TOLERANCE


def step_between(native: float, wanted: float) -> float:
    """Return how many pixels of a tomogram make a wanted one (A both): 1 where nothing is resampled."""
    return wanted / native if apix_differs(wanted, native) else 1.0


def is_far_apart(apix: float, other: float) -> bool:
    """Tell whether two pixel sizes (A) differ by more than a factor of 2: a network then sees little alike.

    Sizes out of headers are rounded, and 2 is what binning makes: just that is not more.
    """
    return max(apix / other, other / apix) > _VERY_FAR * (1 + TOLERANCE)


def apix_concern(native: float, wanted: float) -> str:
    """Return how a difference in pixel size (A) will show, as the start of a sentence; empty: hardly."""
    ratio = max(native / wanted, wanted / native)
    if ratio <= _FAR:
        return ""
    return "Results will be poor" if is_far_apart(native, wanted) else "Results may be poorer"


def resample(
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
    rows, columns = (
        _Taps.along(length, middle, count, step, kernel)
        for length, middle, count in zip(image.shape, centre, size, strict=True)
    )
    part = np.asarray(image[rows.read, columns.read], np.float32)
    return np.asarray((columns.sparse() @ (rows.sparse() @ part).T).T, np.float32)


def cut_boxes(image: NDArray[Any], corners: NDArray[np.int64], size: int) -> NDArray[Any]:
    """Return boxes (n, size, size) of an image's own pixels, from `corners` (n, 2) of y, x.

    Beyond its edges the image is mirrored.
    """
    boxes = np.empty((len(corners), size, size), image.dtype)
    inside = ((corners >= 0) & (corners + size <= image.shape)).all(axis=1)
    if inside.any():
        rows, columns = corners[inside].T
        boxes[inside] = sliding_window_view(image, (size, size))[rows, columns]
    for index in np.flatnonzero(~inside):
        rows, columns = corners[index][:, None] + np.arange(size)
        within = _mirrored(rows, image.shape[0])[:, None], _mirrored(columns, image.shape[1])
        boxes[index] = image[within]
    return boxes


class BoxSampler:
    """How the pixels of a box are read, once for all images of a slice: the same as `resample`.

    `window` is what is to be read of an image (y, x); `of` takes that part of it.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        centre: tuple[float, float],
        size: int,
        step: float,
        kernel: Kernel = GREY,
    ) -> None:
        self._rows, self._columns = (
            _Taps.along(length, middle, size, step, kernel)
            for length, middle in zip(shape, centre, strict=True)
        )
        self.window = self._rows.read, self._columns.read

    def of(self, part: NDArray[Any]) -> NDArray[np.float32]:
        rows = self._rows.gathered(part.astype(np.float32))
        return self._columns.gathered(rows.T).T


def resample_slice(
    image: NDArray[np.float32], step: float, kernel: Kernel = GREY
) -> NDArray[np.float32]:
    """Return a whole slice (y, x) with pixels `step` times as large, centred on the same point."""
    return resample(image, _middle(image.shape), slice_shape(image.shape, step), step, kernel)


def slice_shape(shape: tuple[int, ...], step: float) -> tuple[int, int]:
    """Return the (y, x) size of a slice of `shape` after resampling: no strip at the edge is lost."""
    height, width = (max(1, int(np.ceil(length / step - 1e-6))) for length in shape)
    return height, width


def restore_slice(
    image: NDArray[np.float32], shape: tuple[int, int], step: float
) -> NDArray[np.float32]:
    """Return a prediction made on `resampled_slice(…, step)` in the pixels of the slice of `shape`."""
    return resample(image, _middle(image.shape), shape, 1.0 / step, PREDICTION)


def _middle(shape: tuple[int, ...]) -> tuple[float, float]:
    return (shape[0] - 1) / 2, (shape[1] - 1) / 2


@dataclass(frozen=True, eq=False)
class _Taps:
    """Which input pixels each output pixel of an axis reads, and how much of each.

    `indices` (size, taps) count from the start of `read`, as do the columns of the matrices of `weights`.
    """

    read: slice
    indices: NDArray[np.int64]
    weights: NDArray[np.float32]

    @classmethod
    def along(cls, length: int, centre: float, size: int, step: float, kernel: Kernel) -> _Taps:
        positions = centre + (np.arange(size) - (size - 1) / 2) * step
        reach = int(np.ceil(kernel.support(step)))
        taps = np.floor(positions).astype(np.int64)[:, None] + np.arange(-reach, reach + 2)
        weights = kernel.weight(taps - positions[:, None], step)
        weights /= weights.sum(axis=1, keepdims=True)
        indices = _mirrored(taps, length)
        start, stop = int(indices.min()), int(indices.max()) + 1
        return cls(slice(start, stop), indices - start, weights.astype(np.float32))

    def gathered(self, part: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the output pixels (size, …) of what `read` holds: quickest for boxes.

        Takes memory for each tap, and no threads, which cost more than so little work.
        """
        return np.asarray(np.einsum("it,itj->ij", self.weights, part[self.indices]))

    def sparse(self) -> sparse.csr_array:
        """Return a matrix (size, read) for whole slices."""
        # Here, because SciPy's import is a third of the program's start.
        from scipy import sparse  # noqa: PLC0415

        size, taps = self.indices.shape
        lines = np.repeat(np.arange(size), taps)
        entries = self.weights.ravel(), (lines, self.indices.ravel())
        shape = (size, self.read.stop - self.read.start)
        return sparse.coo_array(entries, shape=shape).tocsr()


def _mirrored(indices: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Reflect indices at the centres of the first and last pixel, as often as it takes."""
    if length == 1:
        return np.zeros_like(indices)
    period = 2 * (length - 1)
    folded = np.mod(indices, period)
    return np.asarray(np.minimum(folded, period - folded))
