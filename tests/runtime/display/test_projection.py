"""Where a slice lies in its picture: exactly on the pixels whose middles are on its voxels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.rect import Rect
from scseg.runtime.display.projection import Projection
from scseg.runtime.display.scene import Scene
from scseg.state.tomograms import View

SHAPE = (13, 17)


def projection(x, y, zoom, scale, size):
    scene = Scene(
        None, (), (0.0, 1.0), False, False, View(x, y, zoom, False), size, scale, (0.0, 0.0, 0.0)
    )
    return Projection(scene, SHAPE)


def voxels_under(pixels, origin, zoom):
    """Return the voxel at the middle of each pixel; those on the border of two belong to the upper."""
    return np.floor(origin + (np.arange(pixels) + 0.5) / zoom + 0.5)


@given(
    place=st.tuples(st.floats(-30, 40), st.floats(-30, 40)),
    zoom=st.floats(0.05, 40),
    scale=st.sampled_from([1.0, 1.5, 2.0]),
    size=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    box=st.tuples(*[st.integers(0, 6)] * 4),
)
def test_a_part_is_the_pixels_whose_middles_lie_on_its_voxels(place, zoom, scale, size, box):
    seen = projection(*place, zoom, scale, size)
    y, x, rows, columns = box
    for region in (Rect.whole(SHAPE), Rect(y, x, y + rows, x + columns)):
        part = seen.part(region)
        for start, count, pixels, first, voxels, middle in (
            (part.x0, part.width, size[0], region.x0, region.width, place[0]),
            (part.y0, part.height, size[1], region.y0, region.height, place[1]),
        ):
            exact = middle - pixels / 2 / (zoom * scale)
            under = voxels_under(pixels, exact, zoom * scale)
            inside = np.flatnonzero((under >= first) & (under < first + voxels))
            near = np.abs(exact + (np.arange(pixels) + 0.5) / (zoom * scale) + 0.5)
            certain = np.abs(near - np.round(near)) > 1e-9
            found = np.arange(start, start + count)
            # On the very border rounding decides.
            assert set(inside[certain[inside]]) <= set(found)
            assert not set(found) - set(inside) - set(np.flatnonzero(~certain))


def test_a_margin_stays_in_the_picture():
    seen = projection(8.0, 6.0, 1.0, 1.0, (17, 13))
    assert seen.all == Rect(0, 0, 13, 17)
    assert seen.part(Rect.whole(SHAPE), margin=3) == Rect(0, 0, 13, 17)
    assert seen.part(Rect(4, 5, 6, 8), margin=1) == Rect(3, 4, 7, 9)
    assert seen.part(Rect(40, 50, 42, 53), margin=1).shape == (0, 0)


def test_pixels_that_cover_several_voxels_look_at_several_places():
    taps = [
        projection(0, 0, zoom, 1.0, (9, 9)).constants["TAPS"]
        for zoom in (3, 1, 0.5, 0.4, 0.2, 0.01)
    ]
    assert taps == [1, 1, 1, 2, 3, 4]
    assert not projection(0, 0, 1.0, 1.0, (9, 9)).constants["SMOOTHED"]
    assert projection(0, 0, 0.9, 1.0, (9, 9)).constants["SMOOTHED"]
