"""Has an idle window draw a frame when something has come, from any thread."""

from __future__ import annotations

import threading

import imgui_bundle  # noqa: F401 - it makes glfw load the library that the window is made with

# After it.
import glfw  # isort: skip


class Waker:
    """Wakes the window while it is open: before, frames come by themselves, and after, GLFW is gone.

    Hello ImGui's `request_refresh` has two frames drawn, one for the event that wakes and one for its note.
    With software OpenGL each takes from what predicts.
    """

    def __init__(self) -> None:
        # A signal may come, and wake, while the same thread is waking.
        self._lock = threading.RLock()
        self._is_open = False

    def begin(self) -> None:
        """The window is there."""
        with self._lock:
            self._is_open = True

    def end(self) -> None:
        """The window goes."""
        with self._lock:
            self._is_open = False

    def wake(self) -> None:
        with self._lock:
            if self._is_open:
                glfw.post_empty_event()
