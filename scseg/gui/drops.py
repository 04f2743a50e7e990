"""Files dropped on the window, which Hello ImGui has no callback for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from imgui_bundle import glfw_utils

# After imgui_bundle: it makes glfw load the library that the window was made with.
import glfw  # isort: skip

if TYPE_CHECKING:
    from collections.abc import Callable


def catch_drops(dropped: Callable[[tuple[Path, ...]], None]) -> Callable[[Any, list[str]], None]:
    """Call `dropped` with the files that are dropped on the window; return the callback, for tests.

    Needs the window. ImGui and Hello ImGui set no such callback, so there is none to be called before.
    """

    def drop(_: Any, names: list[str]) -> None:  # noqa: ANN401 - a pointer of GLFW's
        dropped(tuple(Path(name) for name in names))

    # GLFW's binding hands out a list of names, whatever its stubs say.
    glfw.set_drop_callback(glfw_utils.glfw_window_hello_imgui(), cast("Any", drop))
    return drop
