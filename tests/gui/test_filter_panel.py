"""The stack of filters, handled with the mouse; the picture is compared with SciPy's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import mrcfile
import numpy as np
import pytest
from scipy import ndimage

from scseg.actions.models import model_list
from scseg.actions.tomograms import tomogram_list
from scseg.actions.view import filters
from scseg.models.description import ModelDescription
from scseg.runtime.tomograms.slice_reader import measured
from scseg.state.filters import Filter

pytestmark = pytest.mark.gui

SHAPE = (4, 36, 50)


@pytest.fixture
def noise(rng):
    return rng.normal(100, 20, SHAPE).astype(np.float32)


@pytest.fixture
def noisy(tmp_path, noise):
    path = tmp_path / "noise.mrc"
    with mrcfile.new(path) as file:
        file.set_data(noise)
        file.voxel_size = 10.0
    return path


def blurred(image, sigma):
    return ndimage.gaussian_filter(image, sigma, mode="nearest")


def difference(image, fine, coarse):
    return blurred(image, fine) - blurred(image, coarse)


def sobel(image):
    return np.hypot(*(ndimage.sobel(image, axis, mode="nearest") for axis in (0, 1)))


def assert_seen(user, expected, limits=None):
    """Compare the view with grey values (y, x); without limits, those of automatic contrast."""
    user.ctx.yield_(3)
    low, high = limits or measured(None, expected.astype(np.float32)).automatic
    grey = np.clip((expected - low) / (high - low), 0, 1) * 255
    item = user.ctx.item_info("//View/###slice").rect_full
    picture = user.picture()
    for voxel in [(0, 0), (49, 0), (49, 35), (25, 17), (3, 30)]:
        x, y = user.place(voxel)
        found = picture[round(y - item.min.y), round(x - item.min.x), 0]
        assert found == pytest.approx(grey[voxel[1], voxel[0]], abs=1.5), voxel


def add(user, name):
    user.ctx.item_click("//Panels/###add-filter")
    user.ctx.item_click(f"//$FOCUSED/{name}")
    user.ctx.yield_(2)


def look_at(user, index):
    """Let names of controls be those of one filter."""
    user.ctx.set_ref(user.ctx.window_info(f"//Panels/filter {index}").id_)


def drag(user, index, slider, by):
    look_at(user, index)
    user.ctx.mouse_move(f"##{slider}")
    user.ctx.mouse_drag_with_delta((by, 0))
    user.ctx.yield_(2)


def click(user, index, name):
    look_at(user, index)
    user.ctx.item_click(f"###{name}")
    user.ctx.yield_(2)


def slice_of(user, noise):
    return noise[user.session.active.z].astype(np.float64)


def test_a_gaussian_is_added_dragged_weakened_switched_and_removed(open_window, noisy, noise):
    def steps(user):
        opened, image = user.session.active, slice_of(user, noise)
        assert_seen(user, image)
        add(user, "Gaussian blur")
        assert opened.filters == (Filter("gaussian", (1.0,)),)
        assert_seen(user, blurred(image, 1.0))
        drag(user, 0, "sigma", 60)
        sigma = opened.filters[0].parameters[0]
        assert sigma > 2
        assert_seen(user, blurred(image, sigma))
        drag(user, 0, "weight", -90)
        weight = opened.filters[0].weight
        assert 0 < weight < 0.6
        assert_seen(user, (1 - weight) * image + weight * blurred(image, sigma))
        click(user, 0, "on")
        assert_seen(user, image)
        click(user, 0, "on")
        assert_seen(user, (1 - weight) * image + weight * blurred(image, sigma))
        click(user, 0, "remove")
        assert opened.filters == ()
        assert_seen(user, image)

    open_window(steps, [noisy])


def test_filters_apply_in_the_order_that_the_arrows_give(open_window, noisy, noise):
    def steps(user):
        opened, image = user.session.active, slice_of(user, noise)
        add(user, "Sobel edges")
        add(user, "Box blur")
        assert_seen(user, ndimage.uniform_filter(sobel(image), 3, mode="nearest"))
        click(user, 1, "earlier")
        assert [one.kind for one in opened.filters] == ["box", "sobel"]
        assert_seen(user, sobel(ndimage.uniform_filter(image, 3, mode="nearest")))
        click(user, 0, "later")
        assert [one.kind for one in opened.filters] == ["sobel", "box"]
        click(user, 0, "remove")
        assert_seen(user, ndimage.uniform_filter(image, 3, mode="nearest"))

    open_window(steps, [noisy])


def test_a_filter_becomes_one_of_another_kind(open_window, noisy, noise):
    def steps(user):
        opened, image = user.session.active, slice_of(user, noise)
        add(user, "Gaussian blur")
        click(user, 0, "kind")
        user.ctx.item_click("//$FOCUSED/Difference of Gaussians")
        assert_seen(user, difference(image, 1.0, 3.0))
        drag(user, 0, "sigma 2", 40)
        coarse = opened.filters[0].parameters[1]
        assert coarse > 3
        assert_seen(user, difference(image, 1.0, coarse))

    open_window(steps, [noisy])


def test_the_next_slice_is_filtered_too_and_fixed_limits_stay_as_they_are(
    open_window, noisy, noise
):
    def steps(user):
        opened = user.session.active
        add(user, "Gaussian blur")
        user.press("Right")
        user.wait_until_shown()
        assert_seen(user, blurred(slice_of(user, noise), 1.0))
        fixed = replace(opened.contrast, minimum=60.0, maximum=140.0, auto=False)
        user.do(lambda: tomogram_list.set_contrast(user.session, fixed))
        drag(user, 0, "sigma", 20)
        assert opened.contrast == fixed
        sigma = opened.filters[0].parameters[0]
        assert sigma > 1
        assert_seen(user, blurred(slice_of(user, noise), sigma), limits=(60.0, 140.0))
        add(user, "Sobel edges")
        assert opened.contrast.auto

    open_window(steps, [noisy])


def test_networks_are_asked_for_the_same_with_and_without_filters(open_window, noisy):
    def steps(user):
        description = ModelDescription(
            name="Membrane",
            colour=(1.0, 0.0, 0.0),
            architecture="VGGNet",
            box_size=64,
            depth=1,
            apix=10.0,
            parameters=1,
            loss=0.1,
            normalisation="",
            weights_sha256="0",
            training_set_sha256="",
            program="",
            epochs_trained=1,
        )
        user.do(lambda: model_list.add(user.session, Path("/models/m.scnm"), description))
        user.wait_for(lambda: user.clients)
        user.ctx.yield_(3)
        asked = list(user.clients[0].wanted)
        painted = user.window.frame.painter.paintings
        user.do(lambda: filters.add(user.session.active, "sobel"))
        user.ctx.yield_(5)
        assert user.clients[0].wanted == asked
        assert user.window.frame.painter.paintings == painted + 1

    open_window(steps, [noisy])
