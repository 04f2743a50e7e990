"""Files dropped on the window, which Hello ImGui has no callback for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from imgui_bundle import glfw_utils

# After imgui_bundle: it makes glfw load the library that the window was made with.
import glfw  # isort: skip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


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
