"""Screen and slice: what must hold for every view."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.actions.view.view import LARGEST_ZOOM, SMALLEST_ZOOM
from scseg.runtime.display import camera
from scseg.runtime.display.camera import Viewport
from scseg.state.tomograms import View

places = st.floats(-5000, 5000)
views = st.builds(View, x=places, y=places, zoom=st.floats(0.02, 128), fit=st.just(False))
ports = st.builds(Viewport, st.floats(1, 5000), st.floats(1, 5000))
points = st.tuples(st.floats(0, 5000), st.floats(0, 5000))
shapes = st.tuples(st.integers(1, 5000), st.integers(1, 5000))


@given(views, ports, points)
def test_screen_and_slice_are_each_others_inverse(view, port, point):
    back = camera.to_screen(view, port, camera.to_voxel(view, port, point))
    assert back == pytest.approx(point, abs=1e-3)


@given(views, ports, points, st.floats(0.1, 10))
def test_zooming_keeps_what_is_under_the_cursor(view, port, point, factor):
    before = camera.to_voxel(view, port, point)
    zoomed = camera.zoomed(view, port, point, factor)
    assert camera.to_voxel(zoomed, port, point) == pytest.approx(before, abs=1e-6, rel=1e-9)
    wanted = min(max(view.zoom * factor, SMALLEST_ZOOM), LARGEST_ZOOM)
    assert zoomed.zoom == pytest.approx(wanted)


@given(views, ports, points, points)
def test_panning_carries_what_is_under_the_cursor(view, port, start, by):
    voxel = camera.to_voxel(view, port, start)
    after = camera.to_screen(camera.panned(view, by), port, voxel)
    assert after == pytest.approx((start[0] + by[0], start[1] + by[1]), abs=1e-3)


@given(ports, shapes)
def test_a_fitted_slice_is_seen_whole_and_fills_the_view_one_way(port, shape):
    view = camera.fitted(port, shape)
    left, low = camera.to_screen(view, port, (-0.5, -0.5))
    right, high = camera.to_screen(view, port, (shape[1] - 0.5, shape[0] - 0.5))
    free = 1 - 2 * camera.MARGIN
    filled = max((right - left) / port.width, (low - high) / port.height)
    assert filled == pytest.approx(free, rel=1e-6) or view.zoom == pytest.approx(1e-3)
    assert (left + right) / 2 == pytest.approx(port.width / 2)
    assert (low + high) / 2 == pytest.approx(port.height / 2)


def test_rows_count_upwards_on_the_screen():
    view, port = View(0, 0, 2.0), Viewport(100, 100)
    assert camera.to_screen(view, port, (0, 0)) == (50, 50)
    assert camera.to_screen(view, port, (3, 5)) == (56, 40)


@given(views, shapes)
def test_the_slice_cannot_get_lost(view, shape):
    kept = camera.kept_near(view, shape)
    assert 0 <= kept.x <= shape[1] - 1
    assert 0 <= kept.y <= shape[0] - 1


@given(st.floats(1e-4, 1e4), st.floats(20, 500))
def test_a_scale_bar_is_a_round_length_and_the_largest_that_fits(nm_per_point, longest):
    points, name = camera.scale_bar(nm_per_point, longest)
    assert points <= longest * (1 + 1e-9)
    assert points * 2.5 * (1 + 1e-6) >= longest
    number, unit = name.split()
    nm = float(number) * (1000 if unit == "µm" else 1)
    assert nm == pytest.approx(points * nm_per_point, rel=1e-4)
    assert f"{nm:e}"[0] in "125"
