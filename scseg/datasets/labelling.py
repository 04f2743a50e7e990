"""What a box teaches: its label, from what is drawn on its slice and from how far that was annotated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.datasets.resampling import AREA, BoxReading, cut
from scseg.labels import BACKGROUND, FEATURE, IGNORE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-6


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
        return centre + ((self.size - 1) / 2 - self.size // 2 if self.step == 1.0 else 0.0)

    def positions(self, centre: int) -> NDArray[np.float64]:
        """Return where the pixels of a box are read along an axis, (size,)."""
        offsets = np.arange(self.size) - (self.size - 1) / 2
        return np.asarray(self.middle(centre) + offsets * self.step, np.float64)

    def corner(self, y: int, x: int) -> tuple[int, int]:
        """Return the first pixel (y, x) of a box at step 1."""
        return y - self.size // 2, x - self.size // 2

    def edges(self, centre: int) -> tuple[float, float]:
        """Return where a box begins and ends along an axis, half a pixel beyond its outermost centres."""
        half = self.size * self.step / 2
        return self.middle(centre) - half, self.middle(centre) + half


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


def box_label(drawn: NDArray[np.uint8], box: TrainingBox, grid: BoxGrid) -> NDArray[np.uint8]:
    """Return the label of a box, uint8 (size, size), from the labels drawn on its slice, (y, x).

    A pixel is feature where at least half of its area is, and ignored where half may be, or where its
    middle is outside the slice or the annotated part of the box.
    """
    if box.background:
        label = np.full((grid.size, grid.size), BACKGROUND, np.uint8)
    else:
        label = _drawn_in(drawn, box, grid)
    label[_unknown(drawn.shape[0], box.y, box.annotated, grid), :] = IGNORE
    label[:, _unknown(drawn.shape[1], box.x, box.annotated, grid)] = IGNORE
    return label


def _drawn_in(drawn: NDArray[np.uint8], box: TrainingBox, grid: BoxGrid) -> NDArray[np.uint8]:
    if grid.step == 1.0:
        return np.array(cut(drawn, grid.corner(box.y, box.x), grid.size))
    middle = grid.middle(box.y), grid.middle(box.x)
    reading = BoxReading(drawn.shape, middle, grid.size, grid.step, AREA)
    part = drawn[reading.window]
    label = np.full((grid.size, grid.size), BACKGROUND, np.uint8)
    if part.any():
        # What is ignored may be feature: together they tell where half of a pixel may be.
        label[reading.of(part != BACKGROUND) >= 0.5 - _ROUNDING] = IGNORE
        label[reading.of(part == FEATURE) >= 0.5 - _ROUNDING] = FEATURE
    return label


def _unknown(length: int, centre: int, annotated: int | None, grid: BoxGrid) -> NDArray[np.bool_]:
    """Return which pixels along an axis are outside the slice, or beyond the part that was annotated."""
    positions = grid.positions(centre)
    unknown = (positions < -0.5) | (positions > length - 0.5)
    if annotated is not None and grid.size * grid.step > annotated * (1 + _ROUNDING):
        first = centre - annotated // 2
        unknown |= (positions < first - 0.5) | (positions > first + annotated - 0.5)
    return np.asarray(unknown)
