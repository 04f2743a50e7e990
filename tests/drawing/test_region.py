"""A set of pixels within a rectangle."""

from __future__ import annotations

import numpy as np

from scseg.base.rect import Rect
from scseg.drawing.region import Area


def test_an_area_paints_its_pixels_over_any_label_and_nothing_else():
    mask = np.arange(12, dtype=np.uint8).reshape(3, 4) % 3
    before = mask.copy()
    inside = np.array([[True, False], [False, True]])
    assert Area(Rect(1, 2, 3, 4), inside).paint(mask, 2) == Rect(1, 2, 3, 4)
    before[1, 2] = before[2, 3] = 2
    assert np.array_equal(mask, before)
