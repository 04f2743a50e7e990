"""What Hello ImGui leaves to GLFW: the window's icon, dropped files, each move of the pointer, typed keys."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from imgui_bundle import glfw_utils, hello_imgui, imgui

from scseg.base.resources import resource_path

# After imgui_bundle: it makes glfw load the library that the window was made with.
import glfw  # isort: skip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scseg.runtime.pointer_trail import PointerTrail
    from scseg.runtime.typed_keys import TypedKeys

    KeyCallback = Callable[[Any, int, int, int, int], None]

ICON_SIDE = 32


def set_icon() -> None:
    """Put res/icon.png on the window, which must be open. Wayland and macOS have no such icons."""
    if glfw.get_platform() not in (glfw.PLATFORM_X11, glfw.PLATFORM_WIN32):
        return
    image = hello_imgui.load_image_data_from_encoded_data(resource_path("icon.png").read_bytes())
    step = image.shape[0] // ICON_SIDE
    small = image.reshape(ICON_SIDE, step, ICON_SIDE, step, 4).mean(axis=(1, 3)).astype(int)
    # GLFW's binding takes nested lists, whatever its stubs say.
    icon = cast("Any", (ICON_SIDE, ICON_SIDE, small.tolist()))
    glfw.set_window_icon(glfw_utils.glfw_window_hello_imgui(), 1, [icon])


def catch_drops(dropped: Callable[[tuple[Path, ...]], None]) -> Any:  # noqa: ANN401 - of ctypes
    """Call `dropped` with the files that are dropped on the window; return GLFW's callback.

    That is to be kept as long as the window. Needs the window. ImGui and Hello ImGui set no such callback, so
    there is none to be called before.
    """

    def drop(_: object, count: int, names: Sequence[bytes]) -> None:
        dropped(tuple(Path(os.fsdecode(names[place])) for place in range(count)))

    # As GLFW's C has it: what its binding hands out was decoded already, and a name need not be UTF-8.
    binding = cast("Any", glfw)
    callback = binding._GLFWdropfun(drop)
    binding._glfw.glfwSetDropCallback(glfw_utils.glfw_window_hello_imgui(), callback)
    return callback


class MouseCallbacks(NamedTuple):
    """What GLFW calls: with window, x and y; with window, button, action and modifiers."""

    moved: Callable[[Any, float, float], None]
    pressed: Callable[[Any, int, int, int], None]


def record_pointer(trail: PointerTrail, keys: TypedKeys) -> MouseCallbacks:
    """Let GLFW tell a trail of what the mouse does; return the callbacks, for tests. Needs the window.

    `keys` is told of presses. The callbacks take the places of ImGui's own, which they call.
    """
    window = glfw_utils.glfw_window_hello_imgui()
    address = ctypes.cast(window, ctypes.c_void_p).value or 0

    def moved(_: Any, x: float, y: float) -> None:  # noqa: ANN401 - a pointer of GLFW's
        trail.moved((x, y))
        imgui.backends.glfw_cursor_pos_callback(address, x, y)

    def pressed(_: Any, button: int, action: int, mods: int) -> None:  # noqa: ANN401
        if action == glfw.PRESS:
            trail.pressed(button)
            if imgui.get_io().want_text_input:
                keys.may_end()
        else:
            trail.released(button)
        imgui.backends.glfw_mouse_button_callback(address, button, action, mods)

    glfw.set_cursor_pos_callback(window, cast("Any", moved))
    glfw.set_mouse_button_callback(window, cast("Any", pressed))
    return MouseCallbacks(moved, pressed)


def leave_out_typed_keys(keys: TypedKeys) -> KeyCallback:
    """Keep from ImGui the presses of keys that are only typed; return the callback, for tests.

    It takes the place of ImGui's own, which it calls, and needs the window. Characters come by another.
    """
    window = glfw_utils.glfw_window_hello_imgui()
    address = ctypes.cast(window, ctypes.c_void_p).value or 0

    def pressed(_: Any, key: int, scancode: int, action: int, mods: int) -> None:  # noqa: ANN401
        # A field that was left in the last frame still wants text, but nothing is active.
        in_field = imgui.get_io().want_text_input and imgui.is_any_item_active()
        if action == glfw.PRESS and keys.is_only_typed(key, mods, in_field=in_field):
            return
        imgui.backends.glfw_key_callback(address, key, scancode, action, mods)

    glfw.set_key_callback(window, cast("Any", pressed))
    return pressed
