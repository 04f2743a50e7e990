"""Slices larger than the graphics card's textures, whose size is faked: thinned, with a notice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scseg.base.rect import Rect
from scseg.drawing.versioned_array import VersionedArray
from scseg.gui.gl import texture
from scseg.gui.gl.painter import SlicePainter
from scseg.runtime.display.scene import Drawing
from scseg.runtime.tomograms.slice_reader import SliceKey, measured
from scseg.state.filters import Filter
from tests.fakes.gradient import SHAPE as VOLUME
from tests.gui.drawing import begin, capsule, drag, mask, nearly
from tests.gui.test_filters import truth
from tests.gui.test_overlay_painting import (
    REF,
    SHAPE,
    TEAL,
    ZOOM,
    Bench,
    assert_same_in_parts,
    bench_scene,
    mask_of,
)

pytestmark = pytest.mark.gui

STEP = 3


@pytest.fixture
def grey(rng):
    return rng.uniform(0, 1, SHAPE).astype(np.float32)


@pytest.fixture
def bench(_graphics, monkeypatch, grey):
    monkeypatch.setattr(texture, "largest_side", lambda: -(-max(SHAPE) // STEP))
    painter = SlicePainter()
    image = measured(SliceKey(REF, 0), grey)
    painter.upload_slice(image)
    yield Bench(painter, bench_scene(image.key))
    painter.delete()


def squares(values, what):
    """Return an array of SHAPE with what is made of the values of each square of STEP x STEP."""
    found = np.empty(SHAPE)
    for y in range(0, SHAPE[0], STEP):
        for x in range(0, SHAPE[1], STEP):
            place = slice(y, y + STEP), slice(x, x + STEP)
            found[place] = what(values[place])
    return found


def whole(found, rows=SHAPE[0] // STEP * STEP):
    """Without the last rows, whose squares go on beyond the slice."""
    return found[:rows]


def test_squares_of_voxels_have_their_mean(bench, grey):
    found = bench.voxels()[..., 0]
    assert whole(found) == pytest.approx(whole(squares(grey, np.mean)), abs=1.5 / 255)
    assert bench.painter.thinning == (STEP, -(-max(SHAPE) // STEP))


def test_the_thinnest_line_drawn_is_seen(bench):
    drawn = VersionedArray(np.zeros(SHAPE, np.uint8))
    bench.painter.upload_labels({"a": drawn})
    drawn.values[7, 5:40] = 1
    drawn.touch(Rect(7, 5, 8, 40))
    bench.painter.upload_labels({"a": drawn})
    drawing = Drawing("a", drawn.revision, TEAL, 1.0, filled=True, line=2.0)
    found = bench.painted(drawings=(drawing,))[ZOOM // 2 :: ZOOM, ZOOM // 2 :: ZOOM]
    seen = np.abs(found - np.array(TEAL)).max(axis=2) < 0.02
    assert np.array_equal(seen, squares(drawn.values, np.max) > 0)


def test_predictions_lie_over_their_voxels(bench, rng):
    values = rng.uniform(0, 1, SHAPE).astype(np.float32)
    values[30:] = -1
    prediction = mask_of(values)
    bench.give(prediction)
    overlay = bench.overlay(prediction, region=Rect(3, 6, 40, 30))
    found = bench.voxels(overlay)
    seen = np.abs(found - np.array(TEAL)).max(axis=2) < 0.02
    expected = squares(values, np.mean) >= 0.5
    expected[:3], expected[30:], expected[:, :6], expected[:, 30:] = False, False, False, False
    assert np.array_equal(seen, expected)


@pytest.mark.parametrize("interpolate", [False, True])
@pytest.mark.parametrize("zoom", [ZOOM, 2.3, 0.6])
def test_painting_only_what_has_changed_gives_the_same_picture(bench, rng, zoom, interpolate):
    assert_same_in_parts(bench, rng, "contour", zoom, interpolate=interpolate)


def test_filters_are_as_wide_as_on_all_voxels(bench, grey):
    smooth = truth(grey, (Filter("gaussian", (4.0,)),)).astype(np.float32)
    image = measured(SliceKey(REF, 1), smooth)
    bench.painter.upload_slice(image)
    stack = (Filter("gaussian", (5.0,)),)
    seen = bench.painter.filter_slice(image, stack)
    expected = truth(smooth, stack)
    assert seen.values.shape == SHAPE
    middle = np.s_[12:-12, 12:-12]
    assert np.abs(seen.values - squares(expected, np.mean))[middle].max() < 0.1 * np.ptp(expected)


def test_drawing_acts_on_every_voxel_and_the_user_is_told(open_window, tomogram, monkeypatch):
    monkeypatch.setattr(texture, "largest_side", lambda: 40)

    def steps(user):
        said = [notice.sentence for notice in user.session.notices]
        assert any("shown thinned by 2" in each and "at most 40 pixels" in each for each in said)
        user.session.notices.clear()
        begin(user, brush=2.5)
        drag(user, [(10, 20), (45, 21)])
        assert nearly(mask(user), capsule((10, 20), (45, 21), 2.5))
        feature = user.session.active.features[0]
        colour = tuple(round(255 * each) for each in feature.colour)
        assert user.colour_at((30, 20)) == pytest.approx(colour, abs=3)
        assert user.colour_at((30, 30)) != pytest.approx(colour, abs=60)
        user.press("Right")
        user.wait_until_shown()
        assert not user.session.notices
        assert mask(user).shape == VOLUME[1:]

    open_window(steps, [tomogram])


def test_another_slice_that_fits_is_not_thinned(bench, monkeypatch):
    monkeypatch.setattr(texture, "largest_side", lambda: max(SHAPE))
    small = np.zeros((SHAPE[0] - 1, SHAPE[1]), np.float32)
    bench.painter.upload_slice(measured(SliceKey(replace(REF, path="b"), 0), small))
    assert bench.painter.thinning[0] == 1
