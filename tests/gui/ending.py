"""What tests do as something ends, and see of what was under way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scseg.annotations.storage.location import annotation_path
from scseg.annotations.storage.reading import read_database
from tests.fakes.gradient import SHAPE
from tests.gui.drawing import capsule, nearly

LINE, BELOW = capsule((10, 10), (50, 30), 3.5), capsule((10, 35), (50, 35), 3.5)
"""What is drawn along two lines, but for the pixels on its edge."""


def shows(found, wanted):
    return nearly(found, wanted, 30)


def begins_with(found, wanted):
    """The test engine lets go of a mouse that is held at the end, and the line goes on to where that is."""
    return np.count_nonzero(wanted & (found == 0)) <= 30


def contents_of(tomogram):
    return read_database(annotation_path(Path(tomogram)), SHAPE)[0]


def drawn_on(tomogram, z=6):
    contents = contents_of(tomogram)
    return contents.mask(contents.features[0].id, z)


def hold(user, places):
    """Press the left button on a voxel and drag it over others, without letting go."""
    user.point_at(places[0])
    user.ctx.mouse_down(0)
    user.ctx.yield_()
    for place in places[1:]:
        user.point_at(place)


def ends_early():
    return pytest.raises(RuntimeError, match="the app exited before the test finished")
