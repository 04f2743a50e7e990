"""Grey values of any magnitude are seen as well as others: by drawn pixels, histogram and sliders."""

from __future__ import annotations

from dataclasses import replace

import mrcfile
import numpy as np
import pytest

from scseg.compute.messages import TomogramRef
from scseg.gui.gl.painter import SlicePainter
from scseg.runtime.display.scene import Scene
from scseg.runtime.tomograms.slice_reader import SliceKey, measured
from scseg.state.filters import Filter
from scseg.state.tomograms import View
from tests.gui.test_filters import truth

pytestmark = pytest.mark.gui

SHAPE, ZOOM = (30, 40), 4
SIZE = (SHAPE[1] * ZOOM, SHAPE[0] * ZOOM)
KEY = SliceKey(TomogramRef("a", None, None, 0), 0)
MAGNITUDES = [
    (0.0, 1e-30),
    (0.0, 1e-38),
    (0.0, 1e30),
    (0.0, 1e38),
    (1e6, 1.0),
    (-1e6, 1.0),
    (1e30, 1e27),
    (0.0, 16000.0),
    (160.0, 12.0),
]


@pytest.fixture
def painted(_graphics):
    """Return a function that draws a slice (y, x) and returns the grey of each voxel, 0 to 1."""
    painter = SlicePainter()
    view = View((SHAPE[1] - 1) / 2, (SHAPE[0] - 1) / 2, float(ZOOM), fit=False)

    def run(values, stack=(), limits=None, *, interpolate=False):
        image = measured(replace(KEY, z=run.slices), values)
        run.slices += 1
        painter.upload_slice(image)
        seen = painter.filter_slice(image, stack)
        chosen = limits or seen.automatic
        scene = Scene(
            image.key, stack, chosen, False, interpolate, view, SIZE, 1.0, (0.0, 0.0, 0.0)
        )
        painter.paint(scene)
        return painter.picture.pixels()[ZOOM // 2 :: ZOOM, ZOOM // 2 :: ZOOM, 0] / 255

    run.slices = 0
    yield run
    painter.delete()


def shades(values, limits):
    low, high = limits
    return np.clip((values.astype(float) - low) / (high - low), 0, 1)


@pytest.mark.parametrize(("offset", "width"), MAGNITUDES)
def test_half_a_percent_is_black_and_half_a_percent_white(painted, rng, offset, width):
    values = (offset + width * rng.uniform(-2, 2, SHAPE)).astype(np.float32)
    limits = np.percentile(values.astype(float), (0.5, 99.5))
    found = painted(values)
    assert found == pytest.approx(shades(values, limits), abs=1.5 / 255)
    assert 0.45 < found.mean() < 0.55
    narrow = limits[0] + np.array([0.4, 0.5]) * (limits[1] - limits[0])
    assert painted(values, limits=tuple(narrow)) == pytest.approx(
        shades(values, narrow), abs=1.5 / 255
    )


@pytest.mark.parametrize(("offset", "width"), MAGNITUDES)
@pytest.mark.parametrize("kind", [("gaussian", (2.0,)), ("difference", (1.0, 3.0)), ("sobel", ())])
def test_filters_see_them_as_well(painted, rng, offset, width, kind):
    stack = (Filter(*kind), Filter("difference", (0.5, 4.0), 0.4))
    values = (offset + width * rng.uniform(-2, 2, SHAPE)).astype(np.float32)
    expected = truth(values, stack)
    limits = np.percentile(expected, (0.5, 99.5))
    assert painted(values, stack) == pytest.approx(shades(expected, limits), abs=4 / 255)


@pytest.mark.parametrize("value", [0.0, 1.0, 160.0, -1e6, 1e-30, 1e30, 3.4e38])
def test_a_slice_of_one_value_is_grey(painted, value):
    found = painted(np.full(SHAPE, value, np.float32))
    assert found == pytest.approx(np.full(SHAPE, 0.5), abs=1.5 / 255)


def test_the_extremes_of_int16(painted, rng):
    values = rng.choice(np.array([-32768, 0, 32767], np.float32), SHAPE)
    assert set(np.unique(painted(values).round(2))) == {0.0, 0.5, 1.0}


def test_single_huge_voxels_leave_the_others_their_contrast(painted, rng):
    values = rng.uniform(-1, 1, SHAPE).astype(np.float32)
    values[3, 4], values[3, 5] = 3.4e38, -3.4e38
    found = painted(values)
    assert (found[3, 4], found[3, 5]) == (1.0, 0.0)
    smooth = painted(values, interpolate=True)
    assert (smooth[3, 4], smooth[3, 5]) == (1.0, 0.0)
    limits = np.percentile(values.astype(float), (0.5, 99.5))
    assert found[10:] == pytest.approx(shades(values[10:], limits), abs=1.5 / 255)


def volume(offset, width):
    """Grey values from left to right, in as many steps as float32 has there."""
    ramp = np.linspace(0, 1, 60, dtype=np.float64)[None, None]
    return (offset + width * ramp * np.ones((3, 40, 1))).astype(np.float32)


@pytest.mark.parametrize(("offset", "width"), [(0.0, 1e-30), (0.0, 1e30), (1e6, 60.0), (0.0, 3e38)])
def test_sliders_and_histogram_work_on_them(open_window, tmp_path, offset, width):
    path, values = tmp_path / "odd.mrc", volume(offset, width)
    with np.errstate(over="ignore"), mrcfile.new(path) as file:
        file.set_data(values)
        file.voxel_size = 10.0

    def steps(user):
        limits = user.window.program.on_screen.shown.seen.automatic
        assert user.colour_at((30, 20))[0] == pytest.approx(
            255 * shades(values[1, 20, 30], limits), abs=2
        )
        user.ctx.mouse_move("//Panels/##min")
        user.ctx.mouse_drag_with_delta((60, 0))
        user.ctx.yield_(2)
        contrast = user.session.active.contrast
        assert not contrast.auto
        part = (contrast.minimum - offset) / width
        assert 0.2 < part < 0.8
        assert contrast.maximum == pytest.approx(limits[1])
        assert user.colour_at((30, 20))[0] == pytest.approx(
            255 * shades(values[1, 20, 30], (contrast.minimum, contrast.maximum)), abs=2
        )
        user.press("A")
        box = user.ctx.item_info("//Panels/###histogram").rect_full
        user.ctx.mouse_move_to_pos(((box.min.x + box.max.x) / 2, (box.min.y + box.max.y) / 2))
        user.ctx.yield_(2)
        assert not user.session.notices

    open_window(steps, [path])
