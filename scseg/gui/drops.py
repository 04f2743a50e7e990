"""Files dropped on the window, which Hello ImGui has no callback for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from imgui_bundle import glfw_utils

# After imgui_bundle: it makes glfw load the library that the window was made with.
import glfw  # isort: skip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def catch_drops(
    dropped: Callable[[tuple[Path, ...]], None],
) -> Callable[[Any, Sequence[str]], None]:
    """Call `dropped` with the files that are dropped on the window; return the callback, for tests.

    Needs the window. A callback that was set before is called first.
    """
    window = glfw_utils.glfw_window_hello_imgui()
    before: Any = None

    def drop(target: Any, names: Sequence[str]) -> None:  # noqa: ANN401 - a pointer of GLFW's
        if before is not None:
            before(target, names)
        dropped(tuple(Path(name) for name in names))

    before = glfw.set_drop_callback(window, cast("Any", drop))
    return drop
