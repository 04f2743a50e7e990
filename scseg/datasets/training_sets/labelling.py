"""What boxes teach: their labels, from what is drawn on their slice and from how far that was annotated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.datasets.resampling import AREA, BoxSampler, cut_boxes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

AnyBox = TypeVar("AnyBox")

_ROUNDING = 1e-6
_PIXELS_AT_ONCE = 1 << 19


@dataclass(frozen=True)
class BoxGrid:
    """Where the pixels of a box lie: `size` along each side, `step` pixels of the slice apart.

    At step 1 a box at c covers [c - size // 2, c - size // 2 + size) of the slice's own pixels. Else pixel i
    reads c + (i - (size - 1) / 2) * step.
    """

    size: int
    step: float = 1.0

    def middle(self, centre: int) -> float:
        """Return the middle of a box along an axis, in the slice's pixels."""
        return centre + self._shift

    def edges(self, centre: int) -> tuple[float, float]:
        """Return where a box begins and ends along an axis, half a pixel beyond its outermost centres."""
        half = self.size * self.step / 2
        return self.middle(centre) - half, self.middle(centre) + half

    def positions(self, centres: NDArray[np.int64]) -> NDArray[Any]:
        """Return where along an axis the pixels of boxes are read, (n, size)."""
        offsets = (np.arange(self.size) - (self.size - 1) / 2) * self.step
        return np.asarray(centres[:, None] + (self._shift + offsets))

    @property
    def _shift(self) -> float:
        return (self.size - 1) / 2 - self.size // 2 if self.step == 1.0 else 0.0


@dataclass(frozen=True)
class TrainingBox:
    """A box to be sampled: its centre in the tomogram's pixels, and what is known inside it.

    What is drawn counts in the middle `annotated` pixels of the tomogram; None: everywhere. A `background`
    box has nothing of the feature, whatever is drawn there.
    """

    z: int
    y: int
    x: int
    annotated: int | None = None
    background: bool = False


def box_batches(boxes: Sequence[AnyBox], grid: BoxGrid) -> Iterator[Sequence[AnyBox]]:
    """Deal out so few boxes at a time that their pixels take little memory."""
    count = max(1, _PIXELS_AT_ONCE // grid.size**2)
    return (boxes[first : first + count] for first in range(0, len(boxes), count))


def box_images(image: NDArray[Any], boxes: Sequence[TrainingBox], grid: BoxGrid) -> NDArray[Any]:
    """Return the pixels of boxes, (n, size, size), from their slice, mirrored at its edges.

    Where nothing is resampled they are the slice's own, in its type.
    """
    if grid.step == 1.0:
        return cut_boxes(image, _centres(boxes) - grid.size // 2, grid.size)
    images = np.empty((len(boxes), grid.size, grid.size), np.float32)
    for box, values in zip(boxes, images, strict=True):
        middle = grid.middle(box.y), grid.middle(box.x)
        reading = BoxSampler(image.shape, middle, grid.size, grid.step)
        values[:] = reading.of(image[reading.window])
    return images


def box_labels(
    drawn: NDArray[np.uint8], boxes: Sequence[TrainingBox], grid: BoxGrid
) -> NDArray[np.uint8]:
    """Return the labels of boxes, uint8 (n, size, size), from those drawn on their slice, (y, x).

    A pixel is feature where at least half of its area is, and ignored where half may be, or where its
    middle is outside the slice or the annotated part of the box.
    """
    labels = _drawn_in(drawn, boxes, grid)
    labels[[box.background for box in boxes]] = BACKGROUND
    all_of_it = grid.size * grid.step
    annotated = np.array([all_of_it if b.annotated is None else b.annotated for b in boxes])
    rows, columns = (
        _unknown(length, centres, annotated, grid)
        for length, centres in zip(drawn.shape, _centres(boxes).T, strict=True)
    )
    for index in np.flatnonzero(rows.any(axis=1) | columns.any(axis=1)):
        labels[index][rows[index], :] = IGNORE
        labels[index][:, columns[index]] = IGNORE
    return labels


def _centres(boxes: Sequence[TrainingBox]) -> NDArray[np.int64]:
    return np.array([(box.y, box.x) for box in boxes], np.int64)


def _drawn_in(
    drawn: NDArray[np.uint8], boxes: Sequence[TrainingBox], grid: BoxGrid
) -> NDArray[np.uint8]:
    if grid.step == 1.0:
        return cut_boxes(drawn, _centres(boxes) - grid.size // 2, grid.size)
    labels = np.full((len(boxes), grid.size, grid.size), BACKGROUND, np.uint8)
    for box, label in zip(boxes, labels, strict=True):
        middle = grid.middle(box.y), grid.middle(box.x)
        reading = BoxSampler(drawn.shape, middle, grid.size, grid.step, AREA)
        part = drawn[reading.window]
        if part.any():
            # What is ignored may be feature: together they tell where half of a pixel may be.
            label[reading.of(part != BACKGROUND) >= 0.5 - _ROUNDING] = IGNORE
            label[reading.of(part == FEATURE) >= 0.5 - _ROUNDING] = FEATURE
    return labels


def _unknown(
    length: int, centres: NDArray[np.int64], annotated: NDArray[np.float64], grid: BoxGrid
) -> NDArray[np.bool_]:
    """Return (n, size) which pixels along an axis are outside the slice, or beyond what was annotated.

    The latter only of boxes that are larger than that.
    """
    positions = grid.positions(centres)
    larger = grid.size * grid.step > annotated * (1 + _ROUNDING)
    first = np.where(larger, centres - annotated // 2 - 0.5, -np.inf)
    last = np.where(larger, first + annotated, np.inf)
    lowest, highest = np.maximum(first, -0.5), np.minimum(last, length - 0.5)
    return np.asarray((positions < lowest[:, None]) | (positions > highest[:, None]))
