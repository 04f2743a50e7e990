"""A hand faster than frames types a text: all is there soon, and in its order.

The Test Engine hands ImGui keys of its own; here GLFW's are given to a window that runs without it.
"""

from __future__ import annotations

import ctypes

import pytest
from imgui_bundle import glfw_utils, imgui

from scseg.gui.panels.command_list import Search
from scseg.gui.window import Window
from tests.fakes.client import FakeClient

# After imgui_bundle: it makes glfw load the library that the window was made with.
import glfw  # isort: skip

pytestmark = pytest.mark.gui

ENOUGH = 5
"""Frames until what was typed between two of them is there."""


class Typist:
    """Gives the window keys between two frames."""

    def __init__(self, window):
        self._window = window

    def key(self, key, mods=0, actions=(glfw.PRESS, glfw.RELEASE)):
        for action in actions:
            self._window.key(None, key, 0, action, mods)

    def choose_all(self):
        """Ctrl+A. ImGui asks GLFW whether Ctrl is held: it is told itself."""
        for down in (True, False):
            for key in (imgui.Key.mod_ctrl, imgui.Key.a):
                imgui.get_io().add_key_event(key, down)

    def word(self, text):
        window = glfw_utils.glfw_window_hello_imgui()
        address = ctypes.cast(window, ctypes.c_void_p).value
        for letter in text:
            self.key(ord(letter.upper()), actions=[glfw.PRESS])
            imgui.backends.glfw_char_callback(address, ord(letter))
            self.key(ord(letter.upper()), actions=[glfw.RELEASE])


def run(monkeypatch, tmp_path, steps):
    """Run a window in which a generator of steps goes on with each frame; it is closed after the last."""
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    window = Window((), FakeClient)
    window.params.fps_idling.enable_idling = False
    left = steps(window, Typist(window))
    prepare = window.params.callbacks.pre_new_frame

    def between_frames():
        if window.mouse is not None and next(left, "end") == "end":
            window.program.quit()
        prepare()

    window.params.callbacks.pre_new_frame = between_frames
    window.run()


def begin_typing(typist):
    """Open the list of commands, whose field waits for a word."""
    yield
    typist.key(glfw.KEY_F1)
    for _ in range(200):
        if imgui.get_io().want_text_input and imgui.is_any_item_active():
            return
        yield
    raise AssertionError("the field never waited for a word")


def test_words_typed_between_frames_are_there_soon_and_in_order(monkeypatch, tmp_path):
    seen = []

    def steps(window, typist):
        yield from begin_typing(typist)
        for word in ("membrane", "aabbaa"):
            typist.choose_all()
            typist.word(word)
            for _ in range(ENOUGH):
                yield
            seen.append(window.frame.ui.state_of(Search).query)

    run(monkeypatch, tmp_path, steps)
    assert seen == ["membrane", "aabbaa"]


def test_a_key_after_what_ends_the_typing_is_a_command(monkeypatch, tmp_path):
    seen = []

    def steps(window, typist):
        yield from begin_typing(typist)
        typist.key(glfw.KEY_ESCAPE)
        typist.key(glfw.KEY_2)
        for _ in range(8):
            yield
        session = window.program.session
        seen.extend([session.page, session.stage])

    run(monkeypatch, tmp_path, steps)
    assert seen == [None, "Models"]
