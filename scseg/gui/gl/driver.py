"""Which OpenGL there is, asked with a window that is never shown."""

from __future__ import annotations

import glfw
from OpenGL import GL


def opengl_driver() -> str:
    """Return version, renderer and vendor of OpenGL; where there is none for the window, that in words.

    Not to be called while there is a window.
    """
    # What it says of failures is told below, and in better words.
    glfw.set_error_callback(lambda *_: None)
    if not glfw.init():
        return "the display does not answer"
    try:
        glfw.window_hint(glfw.VISIBLE, 0)
        glfw.window_hint(glfw.CONTEXT_VERSION_MAJOR, 3)
        glfw.window_hint(glfw.CONTEXT_VERSION_MINOR, 3)
        window = glfw.create_window(64, 64, "scseg", None, None)
        if not window:
            return "there is no OpenGL 3.3"
        glfw.make_context_current(window)
        told = (GL.glGetString(name) for name in (GL.GL_VERSION, GL.GL_RENDERER, GL.GL_VENDOR))
        return ", ".join(each.decode(errors="replace") for each in told if each)
    finally:
        glfw.terminate()
