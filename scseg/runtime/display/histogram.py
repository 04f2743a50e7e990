"""The histogram of a slice, and the limits of its contrast that are dragged in it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

LARGEST_WRITTEN_OUT = 1e8
FEWEST_DIGITS, MOST_DIGITS = 5, 9

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.runtime.tomograms.slice_reader import SliceImage
    from scseg.state.tomograms import Contrast

    Moved = tuple[float | None, float | None]
    """The new minimum and maximum, None where it was left alone."""


def bars(image: SliceImage) -> tuple[NDArray[np.float64], float]:
    """Return the grey values at the middles of the bars, and the width of one."""
    low, high = image.span
    count = len(image.counts)
    width = (high - low) / count
    return low + width * (np.arange(count, dtype=np.float64) + 0.5), width


def limited(
    contrast: Contrast, limits: tuple[float, float], moved: Moved, least: float
) -> Contrast:
    """Move a limit, up to `least` before the other, which stays; that ends automatic contrast."""
    minimum, maximum = moved
    if minimum is None and maximum is None:
        return contrast
    new_min = limits[0] if minimum is None else min(minimum, limits[1] - least)
    new_max = limits[1] if maximum is None else max(maximum, limits[0] + least)
    return replace(contrast, minimum=new_min, maximum=new_max, auto=False)


def number_format(low: float, high: float) -> str:
    """Return a format for grey values of a range, with as many decimals as tell a thousandth of it."""
    decimals = max(0, math.ceil(3 - math.log10(high - low)))
    if max(abs(low), abs(high)) < LARGEST_WRITTEN_OUT and decimals <= MOST_DIGITS:
        return f"%.{decimals}f"
    return f"%.{digits(low, high) - 1}e"


def digits(low: float, high: float) -> int:
    """Return how many digits tell grey values of a range apart."""
    needed = math.ceil(2 + math.log10(max(abs(low), abs(high)) / (high - low)))
    return max(FEWEST_DIGITS, min(needed, MOST_DIGITS))
