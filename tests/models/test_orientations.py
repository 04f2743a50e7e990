"""The eight orientations of a square."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.models.tiling import orientations


def test_all_eight_are_different_and_the_first_is_the_image_itself():
    image = np.arange(9).reshape(3, 3)
    turned = {orientations.orient(image, k).tobytes() for k in range(orientations.COUNT)}
    assert len(turned) == 8
    assert np.array_equal(orientations.orient(image, 0), image)


@pytest.mark.parametrize("orientation", range(8))
def test_restored_undoes_oriented_for_stacks_too(orientation, rng):
    stack = rng.random((2, 5, 4, 4))
    there = orientations.orient(stack, orientation)
    assert np.array_equal(orientations.orient_back(there, orientation), stack)
    assert there[1, 2].tobytes() == orientations.orient(stack[1, 2], orientation).tobytes()
