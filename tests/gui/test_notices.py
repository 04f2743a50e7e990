"""Notices at the corner of the slice."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from imgui_bundle.immapp import testing

from scseg.gui.panels import notices

pytestmark = pytest.mark.gui


def test_more_notices_than_fit_are_told_on_a_card_that_dismisses_all(
    open_window, tomogram, tmp_path
):
    def steps(user):
        for number in range(notices.MOST_CARDS + 2):
            user.do(lambda said=f"Something {number}.": user.session.notify("warning", said))
        user.ctx.yield_(3)
        more = "//Notices/**/2 more; dismiss all"
        rect = user.ctx.item_info(more).rect_full
        testing.capture(user.ctx, str(tmp_path / "notices.png"))
        behind = cv2.imread(str(tmp_path / "notices.png"))[round(rect.min.y) + 2, :, ::-1]
        card = 255 * np.array(user.window.program.ui.palette.card)
        assert np.abs(behind[round(rect.min.x) : round(rect.max.x)] - card).max() < 3
        user.ctx.item_click(more)
        user.ctx.yield_(2)
        assert user.session.notices == []

    open_window(steps, [tomogram])
