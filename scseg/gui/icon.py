"""The program's icon on the window's title bar and in the task list."""

from __future__ import annotations

from typing import Any, cast

from imgui_bundle import glfw_utils, hello_imgui

from scseg.base.resources import resource_path

# After imgui_bundle: it makes glfw load the library that the window was made with.
import glfw  # isort: skip

SIDE = 32


def set_on_window() -> None:
    """Put res/icon.png on the window, which must be open. Wayland and macOS have no such icons."""
    if glfw.get_platform() not in (glfw.PLATFORM_X11, glfw.PLATFORM_WIN32):
        return
    image = hello_imgui.load_image_data_from_encoded_data(resource_path("icon.png").read_bytes())
    step = image.shape[0] // SIDE
    small = image.reshape(SIDE, step, SIDE, step, 4).mean(axis=(1, 3)).astype(int)
    # GLFW's binding takes nested lists, whatever its stubs say.
    icon = cast("Any", (SIDE, SIDE, small.tolist()))
    glfw.set_window_icon(glfw_utils.glfw_window_hello_imgui(), 1, [icon])
