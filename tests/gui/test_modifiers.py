"""Keys tapped faster than frames: a modifier let go in the frame of the press still counts."""

from __future__ import annotations

import pytest
from imgui_bundle import imgui

from scseg.gui.shortcuts import held, shift_held

# The Test Engine spreads what it types over frames, so these speak to ImGui itself; no window is needed.

CTRL, SHIFT = int(imgui.Key.mod_ctrl), int(imgui.Key.mod_shift)


@pytest.fixture
def frame():
    """Return a function that passes events on, runs a function in a frame and returns its result."""
    before = imgui.get_current_context()
    context = imgui.create_context()
    imgui.set_current_context(context)
    io = imgui.get_io()
    io.set_ini_filename("")
    io.display_size = imgui.ImVec2(100, 100)
    io.backend_flags |= imgui.BackendFlags_.renderer_has_textures

    def run(events, function):
        for key, is_down in events:
            io.add_key_event(key, is_down)
        imgui.new_frame()
        result = function()
        imgui.end_frame()
        return result

    yield run
    imgui.destroy_context(context)
    if before is not None:
        imgui.set_current_context(before)


def test_ctrl_let_go_with_the_press_counts(frame):
    frame([(imgui.Key.mod_ctrl, True)], held)

    def seen():
        return imgui.is_key_pressed(imgui.Key.z), imgui.get_io().key_mods, held()

    assert frame([(imgui.Key.z, True), (imgui.Key.mod_ctrl, False)], seen) == (True, 0, CTRL)
    assert frame([(imgui.Key.z, False)], held) == 0


def test_what_is_down_counts(frame):
    assert frame([(imgui.Key.mod_ctrl, True), (imgui.Key.mod_shift, True)], held) == CTRL | SHIFT
    assert frame([], shift_held)
    assert frame([(imgui.Key.mod_shift, False)], shift_held)
    assert not frame([], shift_held)
