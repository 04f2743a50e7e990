"""The system asks the program to end: the window closes as with Quit, and what is under way is kept."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from scseg.runtime.signals import ended_by_signals
from tests.gui.drawing import begin
from tests.gui.ending import LINE, begins_with, drawn_on, ends_early, hold

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_asks_and_is_what_it_was_afterwards(name):
    number, asked = getattr(signal, name), []
    # Whoever started the tests may have them ignore it, as `nohup` does.
    at_first = signal.signal(number, signal.SIG_DFL)
    try:
        before = signal.getsignal(number)
        with ended_by_signals(lambda: asked.append(name)):
            os.kill(os.getpid(), number)
            assert asked == [name]
        assert signal.getsignal(number) is before
    finally:
        signal.signal(number, at_first)


def test_who_does_not_heed_the_end_of_the_terminal_goes_on_not_heeding_it():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_signals(pytest.fail):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.gui
def test_a_stroke_is_kept_when_the_desktop_session_ends(open_window, tomogram):
    def steps(user):
        begin(user)
        hold(user, [(10, 10), (50, 30)])
        os.kill(os.getpid(), signal.SIGTERM)
        user.ctx.yield_(50)

    with ends_early():
        open_window(steps, [tomogram])
    assert begins_with(drawn_on(tomogram), LINE)
