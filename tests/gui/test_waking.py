"""An idle window draws what has come: a frame for each piece of news, as drawing takes from what predicts."""

from __future__ import annotations

import threading
import time

import pytest

from scseg.gui.window import Window
from tests.fakes.client import FakeClient
from tests.fakes.threads import wait_for

pytestmark = pytest.mark.gui
NEWS = 6


def test_news_wake_an_idle_window_for_a_frame_each(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    window = Window((), FakeClient)
    window.params.fps_idling.fps_idle = 0.01
    drawn: list[float] = []
    told: list[int] = []
    over = threading.Event()

    def swapped():
        drawn.append(time.monotonic())
        window.params.app_shall_exit = over.is_set()

    def idle():
        return drawn and time.monotonic() - drawn[-1] > 0.5

    def news():
        try:
            wait_for(idle, seconds=60)
            before = len(drawn)
            for _ in range(NEWS):
                known = len(drawn)
                window._waker.wake()
                wait_for(lambda known=known: len(drawn) > known, seconds=60)
                wait_for(idle, seconds=60)
            told.append(len(drawn) - before)
        finally:
            over.set()
            window._waker.wake()

    window.params.callbacks.after_swap = swapped
    thread = threading.Thread(target=news)
    thread.start()
    window.run()
    thread.join()
    assert told
    # The system may ask for a frame or two of its own.
    assert NEWS <= told[0] <= NEWS + 2
    window._waker.wake()  # for nobody
