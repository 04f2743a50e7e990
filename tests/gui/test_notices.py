"""Notices at the corner of the slice."""

from __future__ import annotations

import threading
import time

import cv2
import numpy as np
import pytest

from scseg.gui.panels import notices
from scseg.state.notices import QUIET_SECONDS, Job

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
        user.capture(tmp_path / "notices.png")
        behind = cv2.imread(str(tmp_path / "notices.png"))[round(rect.min.y) + 2, :, ::-1]
        card = 255 * np.array(user.window.frame.ui.palette.card)
        assert np.abs(behind[round(rect.min.x) : round(rect.max.x)] - card).max() < 3
        user.ctx.item_click(more)
        user.ctx.yield_(2)
        assert user.session.notices == []

    open_window(steps, [tomogram])


def test_a_job_that_nobody_waits_for_shows_no_bar_at_first(open_window):
    ends = threading.Event()

    def steps(user):
        jobs = user.window.program.jobs
        user.do(
            lambda: jobs.start(Job("Waiting", quiet=600.0), lambda _: ends.wait(60), lambda _: None)
        )
        (job,) = user.session.jobs
        user.wait_for(lambda: time.monotonic() - job.started > 2 * QUIET_SECONDS)
        user.ctx.yield_(2)
        assert not user.ctx.item_exists("//Notices/**/###cancel")
        job.started -= 600
        user.ctx.yield_(2)
        assert user.ctx.item_exists("//Notices/**/###cancel")
        ends.set()
        user.wait_for(lambda: not user.session.jobs)

    open_window(steps)
