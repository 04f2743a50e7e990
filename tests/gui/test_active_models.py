"""The switch active with several tomograms, with a real mouse: where it acts, and why a model waits."""

from __future__ import annotations

import mrcfile
import pytest

from scseg.actions.tomograms import tomogram_list
from scseg.runtime.saving.session_file import read_last_session
from scseg.state.active_models import is_active
from tests.fakes.gradient import write_volume
from tests.gui.test_interactions import PatternClient, control, load

pytestmark = pytest.mark.gui

RED = (1.0, 0.0, 0.0)


@pytest.fixture
def three(tmp_path, volume):
    """Two tomograms of 10 A per pixel, as the model, and one of 31."""
    paths = [write_volume(tmp_path / f"{name}.mrc", volume) for name in "abc"]
    with mrcfile.open(paths[2], "r+") as file:
        file.voxel_size = 31.0
    return paths


def begin(user):
    user.wait_for(lambda: len(user.session.tomograms) == 3)
    model = load(user, "Membrane", RED)
    for header in ("Datasets", "Filters", "**/Create a training dataset"):
        user.ctx.item_click(f"//Panels/{header}")
    show(user, 0)
    return model


def show(user, number):
    opened = user.session.tomograms[number]
    user.do(lambda: tomogram_list.activate(user.session, opened))
    user.wait_until_shown()
    user.ctx.yield_(3)


def seen(user):
    """Return whether the model is drawn on each tomogram."""
    found = []
    for number in range(3):
        show(user, number)
        if is_active(user.session.models[0], user.session.active):
            user.wait_for(lambda: user.window.program.on_screen.masks)
        found.append(bool(user.window.program.on_screen.masks))
    return found


def pick(user, entry):
    user.ctx.item_click(control("active"), 1)
    user.ctx.yield_(2)
    user.ctx.item_click(f"//$FOCUSED/###{entry}")
    user.ctx.yield_(3)


def test_the_switch_is_for_the_tomogram_in_view_and_its_menu_for_all(open_window, three, tmp_path):
    def steps(user):
        model = begin(user)
        assert seen(user) == [True, True, False]
        user.capture(tmp_path / "waits.png")
        user.ctx.item_click(control("active"))
        user.ctx.yield_(3)
        assert seen(user) == [True, True, True]
        show(user, 1)
        user.ctx.item_click(control("active"))
        user.ctx.yield_(3)
        assert seen(user) == [True, False, True]
        show(user, 1)
        user.ctx.item_click(control("active"), 1)
        user.ctx.yield_(2)
        user.capture(tmp_path / "menu.png")
        user.ctx.item_click("//$FOCUSED/###here")
        user.ctx.yield_(3)
        assert seen(user) == [False, True, False]
        pick(user, "all")
        assert seen(user) == [True, True, True]
        pick(user, "none")
        assert seen(user) == [False, False, False]
        show(user, 0)
        user.ctx.item_click(control("active"))
        user.ctx.yield_(3)
        assert seen(user) == [True, False, False]
        assert model.display.active_on == {str(three[0]): True}

    open_window(steps, three, client=PatternClient)
    (kept,) = read_last_session().models
    assert kept.display.active_on == {str(three[0]): True}
    assert not kept.display.active


def test_a_model_waits_on_other_pixel_sizes_and_goes_with_the_users_word(open_window, three):
    def steps(user):
        begin(user)
        show(user, 2)
        assert not user.window.program.on_screen.masks
        user.do(lambda: tomogram_list.set_apix(user.session.active, 12.0))
        user.wait_for(lambda: user.window.program.on_screen.masks)

    open_window(steps, three, client=PatternClient)
