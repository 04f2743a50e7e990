"""Opens the window."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from scseg.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scseg.gui.predictor import Client

REMEDY = "run it on a desktop or through a remote one, or use scseg demo, train and segment without a window."


def run(paths: Sequence[Path]) -> int:
    """Open the window with these tomograms and models; return the exit code when it is closed.

    Raises:
        ScsegError: there is no display, or it has no OpenGL 3.3.
    """
    check_display()
    from scseg.gui.window import Window  # noqa: PLC0415 - only once there is a display

    Window(tuple(paths), start_client).run()
    return 0


def start_client(wake: Callable[[], None]) -> Client:
    """Start the process that predicts."""
    from scseg.compute.client import PredictionClient  # noqa: PLC0415 - only with the first model

    return PredictionClient(wake)


def check_display() -> None:
    """Find out whether a window can be opened, before the runner would end the process.

    Raises:
        ScsegError: it cannot.
    """
    on_linux = sys.platform.startswith("linux")
    if on_linux and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise ScsegError(f"The window needs a display, and DISPLAY is not set; {REMEDY}")
    import glfw  # noqa: PLC0415
    from imgui_bundle import glfw_utils  # noqa: F401, PLC0415 - it makes glfw load the right library

    if not glfw.init():
        raise ScsegError(f"The window needs a display, and this one cannot be opened; {REMEDY}")
    try:
        _check_opengl()
    finally:
        glfw.terminate()


def _check_opengl() -> None:
    import glfw  # noqa: PLC0415

    for hint, value in (
        (glfw.VISIBLE, glfw.FALSE),
        (glfw.CONTEXT_VERSION_MAJOR, 3),
        (glfw.CONTEXT_VERSION_MINOR, 3),
        (glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE),
        (glfw.OPENGL_FORWARD_COMPAT, glfw.TRUE),
    ):
        glfw.window_hint(hint, value)
    window = glfw.create_window(16, 16, "scseg", None, None)
    if not window:
        raise ScsegError(f"The window needs OpenGL 3.3, which this display does not have; {REMEDY}")
    glfw.destroy_window(window)
