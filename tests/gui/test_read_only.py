"""An annotation that another process has open shows its tools as off, and why; then on again."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scseg.runtime.tomograms import take_over
from tests.fakes.gradient import SHAPE
from tests.gui.drawing import is_enabled
from tests.runtime.test_taking_over import HOLD

pytestmark = pytest.mark.gui

OFF = (
    "###tool-brush",
    "###tool-lasso",
    "###interpolate-slices",
    "###add-feature",
    "##brush",
    "##alpha",
    "##boxes",
    "###name",
    "###remove",
    "show",
    "crop",
)
ON = ("###menu", "###fold")


@pytest.fixture
def holder(tomogram):
    """A process that has the annotation open, with one feature."""
    command = [sys.executable, "-c", HOLD.replace("(3, 20, 25)", str(SHAPE)), str(tomogram)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"saved\n"
        yield process
        process.kill()


def test_tools_of_a_read_only_annotation_are_off_until_it_is_free(
    open_window, tomogram, holder, monkeypatch
):
    monkeypatch.setattr(take_over.AnnotationTakeOver.__init__, "__defaults__", (0.0,))

    def steps(user):
        user.wait_for(lambda: user.session.active.annotation is not None)
        user.ctx.yield_(2)
        assert user.session.active.annotated.read_only
        for item in OFF:
            assert not is_enabled(user, f"//Panels/**/{item}"), item
        for item in ON:
            assert is_enabled(user, f"//Panels/**/{item}"), item
        user.press("K")
        assert user.session.tool == "brush"
        user.ctx.item_click("//Panels/**/###menu")
        for item, on in (("volume", True), ("import", False), ("along", False), ("keep", True)):
            assert is_enabled(user, f"//$FOCUSED/###{item}") == on, item
        user.press("Escape")
        holder.kill()
        user.wait_for(lambda: not user.session.active.annotated.read_only)
        user.ctx.yield_(2)
        for item in OFF:
            if item != "###interpolate-slices":
                assert is_enabled(user, f"//Panels/**/{item}"), item

    open_window(steps, [tomogram])


@pytest.mark.usefixtures("holder")
def test_the_tooltip_says_why(open_window, tomogram):
    told = []

    def steps(user):
        text = user.imgui.text_unformatted
        hear = lambda said: (told.append(said), text(said))  # noqa: E731 - in place of ImGui's
        user.monkeypatch.setattr(user.imgui, "text_unformatted", hear)
        user.wait_for(lambda: user.session.active.annotation is not None)
        user.ctx.yield_(2)
        (why,) = user.session.active.annotated.messages
        for item in ("###tool-brush", "##brush", "###add-feature"):
            told.clear()
            user.ctx.mouse_move(f"//Panels/**/{item}")
            user.wait_for(lambda: why in told)

    open_window(steps, [tomogram])
