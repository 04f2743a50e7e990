"""A process with the real window, in which a user draws dots for ever: somebody will kill it.

Dot number n goes to voxel (x, y) = `place(n)`. Into the file named second go lines "what number time", with
the time of `time.monotonic`, which all processes share: "drawn" with the number of dots so far, as the mouse
is released; "saved" with that number, whenever the status line says "saved"; "writing" and "written" around
each transaction.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from pathlib import Path

from tests.fakes.gradient import SHAPE
from tests.gui.conftest import User

SIZE = (700, 640)


def place(number: int) -> tuple[int, int]:
    """Return a voxel (x, y) of its own for each dot, far enough from the others."""
    columns = SHAPE[2] // 3
    return 1 + 3 * (number % columns), 1 + 3 * (number // columns)


def dots() -> int:
    return (SHAPE[1] // 3) * (SHAPE[2] // 3)


class Log:
    """Lines that a kill cannot take back once they are told."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def tell(self, what: str, number: int, when: float | None = None) -> None:
        now = time.monotonic() if when is None else when
        os.write(self._file, f"{what} {number} {now}\n".encode())


def watch_the_disk(log: Log) -> None:
    """Tell when the disk has work."""
    from scseg.annotations.storage.writing import AnnotationFile  # noqa: PLC0415 - as below

    write, numbers = AnnotationFile.write, itertools.count()

    def watched(self, edits, contents) -> None:
        number = next(numbers)
        log.tell("writing", number)
        write(self, edits, contents)
        log.tell("written", number)

    AnnotationFile.write = watched


def main(tomogram: Path, path: Path) -> None:
    from imgui_bundle.immapp import testing  # noqa: PLC0415 - opens libraries of the window

    from scseg.cli.window import start_client  # noqa: PLC0415 - as above
    from scseg.gui.window import Window, add_ons  # noqa: PLC0415 - as above
    from scseg.runtime.display.status_line import saving  # noqa: PLC0415 - as above

    log = Log(path)
    watch_the_disk(log)
    window = Window((tomogram,), start_client)
    window.params.fps_idling.enable_idling = False
    window.params.app_window_params.window_geometry.size = SIZE
    drawn = 0

    def say_if_saved() -> None:
        opened = window.program.session.active
        if opened is not None and saving(opened) == "saved":
            log.tell("saved", drawn)

    window.params.callbacks.before_imgui_render = say_if_saved

    def draw(ctx) -> None:
        nonlocal drawn
        user = User(ctx, window)
        user.wait_for(lambda: user.session.active is not None)
        user.wait_until_shown()
        user.wait_for(lambda: user.session.active.annotation is not None)
        if not user.session.active.features:
            ctx.item_click("//Panels/**/###add-feature")
            ctx.item_input_value("//Panels/**/##brush", 1.0)
        while drawn < dots():
            user.point_at(place(drawn))
            ctx.mouse_down(0)
            ctx.yield_()
            released = time.monotonic()
            ctx.mouse_up(0)
            ctx.yield_(1)
            user.wait_for(lambda: user.session.drag is None)
            drawn += 1
            log.tell("drawn", drawn, released)
        user.wait_for(lambda: False)

    window.run(
        lambda params: testing.run(
            test_function=draw, runner_params=params, add_ons_params=add_ons()
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
