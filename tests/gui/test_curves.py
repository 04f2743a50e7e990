"""The curves of a training, as they are seen in the panel of its model."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from imgui_bundle.immapp import testing

from scseg.actions import models
from scseg.compute.messages import EpochDone, ModelRef, Validation

pytestmark = pytest.mark.gui

EPOCHS = 25


def losses(loss, dice):
    ref = ModelRef("/models/m.scnm", "0")
    return tuple(EpochDone(n, loss, ref, Validation(0.1, dice)) for n in range(EPOCHS))


def test_no_legend_covers_the_newest_part_of_a_curve(open_window, tomogram, tmp_path):
    """A Dice that stays the same is a line from one side to the other, here near the top."""

    def steps(user):
        model = user.do(lambda: models.new(user.session))
        user.do(lambda: setattr(model, "epochs", losses(1.0, 0.8)))
        for header in ("Datasets", "Filters", "**/Create a training dataset"):
            user.ctx.item_click(f"//Panels/{header}")
        user.ctx.mouse_move_to_pos((2, 2))
        user.ctx.yield_(5)
        testing.capture(user.ctx, str(tmp_path / "curves.png"))
        picture = cv2.imread(str(tmp_path / "curves.png"))[:, :330, ::-1].astype(int)
        colour = 255 * np.array(user.window.program.ui.palette.accent)
        line = np.abs(picture - colour).max(axis=2) < 60
        lengths = [longest(row) for row in line]
        assert max(lengths) > 200

    open_window(steps, [tomogram])


def longest(row):
    """Return the length of the longest run of true values."""
    ends = np.flatnonzero(np.diff(np.r_[0, row.astype(int), 0]))
    return int((ends[1::2] - ends[::2]).max(initial=0))
