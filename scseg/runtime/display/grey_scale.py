"""Grey values of any magnitude on the graphics card, whose numbers have seven digits and end at 1e38."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scseg.state.filters import KINDS, effective

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.runtime.tomograms.slice_reader import SliceImage
    from scseg.state.filters import Stack

FURTHEST = 1e3
"""So many times their range from 0, grey values have too few digits left to be smoothed and filtered."""

FINEST, COARSEST, LARGEST = 1e-12, 1e12, 1e24
"""Ranges of grey values, and values, with which no shader leaves the range of its numbers."""


@dataclass(frozen=True)
class GreyScale:
    """Grey values are on the graphics card as (value - offset) * factor."""

    offset: float = 0.0
    factor: float = 1.0

    def texels(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return grey values (y, x) as they are uploaded."""
        if self == AS_THEY_ARE:
            return values
        scaled = (values.astype(np.float64) - self.offset) * self.factor
        return np.clip(scaled, -LARGEST, LARGEST).astype(np.float32)

    def texel(self, value: float) -> float:
        return max(-LARGEST, min((value - self.offset) * self.factor, LARGEST))

    def value(self, texel: float) -> float:
        """Return the grey value that is uploaded as this."""
        return texel / self.factor + self.offset

    def filtered(self, stack: Stack) -> GreyScale:
        """Return the scale of what filters make of these texels: some let nothing of the offset through."""
        kept = 1.0
        for one in effective(stack):
            kept *= 1.0 if KINDS[one.kind].keeps_range else 1.0 - one.weight
        return replace(self, offset=self.offset * kept)

    def in_grey_values(self, image: SliceImage) -> SliceImage:
        """Return what was measured on texels in grey values."""
        if self == AS_THEY_ARE:
            return image
        largest = np.finfo(np.float32).max
        values = image.values.astype(np.float64) / self.factor + self.offset
        low, high = image.span
        black, white = image.automatic
        return replace(
            image,
            values=np.clip(values, -largest, largest).astype(np.float32),
            automatic=(self.value(black), self.value(white)),
            span=(self.value(low), self.value(high)),
        )


AS_THEY_ARE = GreyScale()


def scale_of(image: SliceImage) -> GreyScale:
    """Return how the grey values of a slice are uploaded: as they are, unless their digits would be lost."""
    black, white = image.automatic
    middle, width = (black + white) / 2, white - black
    outermost = max(map(abs, image.extremes))
    usual = FINEST < width < COARSEST and outermost < LARGEST and abs(middle) < FURTHEST * width
    return AS_THEY_ARE if usual else GreyScale(middle, 1 / width)
