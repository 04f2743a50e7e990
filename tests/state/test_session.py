"""The session's own rules."""

from __future__ import annotations

import pytest

from scseg.state.notices import Job
from scseg.state.session import Session
from scseg.state.tomograms import Contrast


def test_automatic_contrast_takes_the_slices_own_limits():
    assert Contrast(3.0, 4.0, auto=True).limits((0.0, 1.0)) == (0.0, 1.0)
    assert Contrast(3.0, 4.0, auto=False).limits((0.0, 1.0)) == (3.0, 4.0)


def test_a_notice_that_is_still_to_be_read_is_not_said_twice():
    session = Session()
    for sentence in ("a", "b", "a"):
        session.notify("error", sentence)
    assert [notice.sentence for notice in session.notices] == ["a", "b"]


def test_what_was_told_once_stays_told_after_it_was_dismissed():
    session = Session()
    session.notify_once("warning", "sizes differ")
    session.notices.clear()
    session.notify_once("warning", "sizes differ")
    assert session.notices == []


def test_the_time_left_is_told_only_when_it_can_be():
    job = Job("Opening", started=100.0)
    assert job.seconds_left(101.0) is None
    job.fraction = 0.25
    assert job.seconds_left(110.0) == pytest.approx(30.0)
