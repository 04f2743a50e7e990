"""The curves of a training, as they are seen in the panel of its model."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from scseg.actions.models import model_list
from scseg.actions.training import training_plan
from scseg.compute.messages import EpochDone, ModelRef, Validation
from scseg.models.training_curve import Epoch
from tests.fakes.models import write_model

pytestmark = pytest.mark.gui

EPOCHS = 25


def told(losses, held_out, dice):
    """Return what the epochs of a training told."""
    ref = ModelRef("/models/m.scnm", "0")
    numbers = enumerate(zip(losses, held_out, dice, strict=True))
    return tuple(EpochDone(n, loss, ref, Validation(other, d)) for n, (loss, other, d) in numbers)


@pytest.fixture
def seen(open_window, tomogram, tmp_path):
    """Show the curves of epochs; return the picture of the panels (y, x, RGB), and the palette."""

    def seen(epochs):
        found = []

        def steps(user):
            model = user.do(lambda: model_list.new(user.session))
            user.do(lambda: setattr(model, "epochs", epochs))
            # What is planned next does not cut off what was.
            next_time = replace(model.plan.parameters, epochs=EPOCHS // 3)
            user.do(lambda: training_plan.set_parameters(model, next_time))
            # The panels have scrolled to the model.
            user.ctx.yield_(8)
            user.ctx.scroll_to_top("//Panels")
            for header in ("Datasets", "Filters", "**/Create a training dataset"):
                user.ctx.item_click(f"//Panels/{header}")
            user.ctx.mouse_move_to_pos((2, 2))
            user.ctx.yield_(5)
            user.capture(tmp_path / "curves.png")
            picture = cv2.imread(str(tmp_path / "curves.png"))[:, :330, ::-1].astype(int)
            found.extend([picture, user.window.frame.ui.palette])

        open_window(steps, [tomogram])
        return found

    return seen


def drawn(picture, colour):
    """Return where a colour is, (y, x)."""
    return np.abs(picture - 255 * np.array(colour)).max(axis=2) < 60


def test_no_legend_covers_the_newest_part_of_a_curve(seen):
    """A Dice that stays the same is a line from one side to the other, here near the top."""
    picture, palette = seen(told([1.0] * EPOCHS, [0.1] * EPOCHS, [0.8] * EPOCHS))
    assert max(longest(row) for row in drawn(picture, palette.accent)) > 200


def test_curves_go_where_the_numbers_went(seen):
    """Whatever the scales are, the height of a line in pixels is a linear function of its numbers."""
    at = np.linspace(0, 1, EPOCHS)
    losses, held_out, dice = 1.0 - 0.2 * at**2, 0.4 + 0.5 * (at - 0.4) ** 2, 0.05 + 0.3 * at
    picture, palette = seen(told(losses, held_out, dice))
    for values, colour in (
        (losses, palette.text),
        (held_out, palette.warning),
        (dice, palette.accent),
    ):
        heights = heights_of_line(drawn(picture, colour))
        assert len(heights) > 200
        wanted = np.interp(np.linspace(0, 1, len(heights)), at, values)
        assert np.corrcoef(heights, wanted)[0, 1] > 0.99


def test_a_model_that_is_opened_shows_how_it_was_trained(open_window, tomogram, tmp_path):
    path = write_model(tmp_path, curve=(Epoch(0, 0.9), Epoch(1, 0.5), Epoch(2, 0.4)))

    def steps(user):
        user.wait_for(lambda: user.session.models)
        user.ctx.yield_(8)
        user.ctx.scroll_to_top("//Panels")
        for header in ("Datasets", "Filters", "**/Create a training dataset"):
            user.ctx.item_click(f"//Panels/{header}")
        user.ctx.item_click("//Panels/**/Training")
        user.ctx.mouse_move_to_pos((2, 2))
        user.ctx.yield_(5)
        user.capture(tmp_path / "curves.png")
        picture = cv2.imread(str(tmp_path / "curves.png"))[:, :330, ::-1].astype(int)
        heights = heights_of_line(drawn(picture, user.window.frame.ui.palette.text))
        assert len(heights) > 200
        assert (heights[0] - heights[len(heights) // 2]) / (heights[0] - heights[-1]) == (
            pytest.approx(0.8, abs=0.05)
        )

    open_window(steps, [tomogram, path])


def heights_of_line(where):
    """Return the height in each column, from left to right, of what is widest in one piece."""
    _, pieces, found, _ = cv2.connectedComponentsWithStats(where.astype(np.uint8), connectivity=8)
    widest = 1 + int(np.argmax(found[1:, cv2.CC_STAT_WIDTH]))
    rows, columns = np.nonzero(pieces == widest)
    return np.array([-rows[columns == x].mean() for x in np.unique(columns)])


def longest(row):
    """Return the length of the longest run of true values."""
    ends = np.flatnonzero(np.diff(np.r_[0, row.astype(int), 0]))
    return int((ends[1::2] - ends[::2]).max(initial=0))
