"""Two models compared, with real mouse and keys."""

from __future__ import annotations

import pytest

from scseg.actions.models import comparing
from scseg.runtime.comparing import BOTH, ONLY_FIRST, ONLY_SECOND
from tests.fakes.annotated import MEMBRANE
from tests.gui.test_interactions import PatternClient, load_both
from tests.gui.training import annotate

pytestmark = pytest.mark.gui

STOP = "//Panels/**/###stop-comparing"


def begin(user):
    """Annotate, load two models, and compare the first one with the second."""
    annotate(user)
    for header in ("Datasets", "Filters"):
        user.ctx.item_click(f"//Panels/{header}")
    first, second = load_both(user)
    user.wait_for(lambda: len(user.window.program.on_screen.masks) == 2)
    user.ctx.yield_(3)
    # The button of either model is found.
    user.ctx.item_click("//Panels/**/###compare")
    entries = [f"//$FOCUSED/###with {model.id}" for model in (first, second)]
    user.ctx.item_click(next(entry for entry in entries if user.ctx.item_exists(entry)))
    user.wait_for(lambda: user.window.program.on_screen.compared)
    user.ctx.yield_(4)
    return first, second


def colours_on_screen(user):
    """Return which colours of a comparison are on the slice."""
    pixels = user.picture()[..., :3].reshape(-1, 3).astype(float) / 255
    found = set()
    for colour in (BOTH, ONLY_FIRST, ONLY_SECOND):
        # Over grey, a mask is four fifths of its colour.
        grey = (pixels - [0.8 * c for c in colour]) / 0.2
        near = (grey.max(axis=1) - grey.min(axis=1) < 0.05) & (abs(grey - 0.5) < 0.55).all(axis=1)
        if near.sum() > 20:
            found.add(colour)
    return found


def test_a_click_shows_what_only_one_finds_and_escape_ends_it(open_window, tomogram):
    def steps(user):
        begin(user)
        assert {ONLY_FIRST, ONLY_SECOND} & colours_on_screen(user)
        user.press("Escape")
        user.wait_for(lambda: not user.window.program.on_screen.compared)
        user.ctx.yield_(3)
        assert user.session.comparison is None
        assert not colours_on_screen(user)

    open_window(steps, [tomogram], client=PatternClient)


def test_the_button_ends_it(open_window, tomogram):
    def steps(user):
        begin(user)
        user.ctx.item_click(STOP)
        user.ctx.yield_(3)
        assert user.session.comparison is None
        assert not user.ctx.item_exists(STOP)

    open_window(steps, [tomogram], client=PatternClient)


def test_dice_is_listed_by_slice_and_a_click_leads_there(open_window, tomogram):
    def steps(user):
        begin(user)
        user.ctx.item_click("//Panels/**/###dice")
        user.ctx.item_click(f"//$FOCUSED/###dice {MEMBRANE.id}")
        user.wait_for(lambda: user.session.comparison.measured is not None)
        user.wait_for(lambda: not user.session.jobs)
        (row,) = user.session.comparison.measured.slices
        assert row.z == 6
        user.press("Right", 2)
        user.wait_until_shown()
        assert user.session.active.z == 8
        user.ctx.yield_(4)
        place = user.ctx.item_info("//Panels/**/###row 0").rect_full.min
        user.ctx.mouse_move_to_pos((place.x + 10, place.y + 6))
        user.ctx.mouse_click(0)
        user.wait_until_shown()
        assert user.session.active.z == 6
        assert comparing.compared(user.session) is not None

    open_window(steps, [tomogram], client=PatternClient)
