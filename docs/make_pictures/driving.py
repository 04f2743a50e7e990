"""Driving the real program for its pictures: a window without a user, waited for and photographed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import hello_imgui, imgui
from imgui_bundle.immapp import testing

from scseg.cli.window import start_client
from scseg.gui.window import Window, add_ons
from scseg.preview.needed_slices import needed_in_view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PICTURES = Path("docs") / "pictures"
SIZE = (1280, 860)
PATIENCE = 1800.0


class Driver:
    """What stands in for a user: `ctx` has mouse and keys."""

    def __init__(self, ctx: imgui.test_engine.TestContext, window: Window) -> None:
        self.ctx = ctx
        self.window = window
        self.session = window.program.session

    def wait(self, until: Callable[[], object]) -> None:
        """Let frames pass until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not until():
            if time.monotonic() > deadline:
                raise TimeoutError
            self.ctx.yield_()
            time.sleep(0.01)

    def wait_until_predicted(self) -> None:
        """Wait for all that is to be seen of models on the slice in view."""
        program = self.window.program
        self.wait(
            lambda: program.predictor.predictions.fraction(needed_in_view(self.session)) == 1.0
        )
        self.wait(lambda: not any(mask.pending for mask in program.on_screen.masks))
        self.wait(lambda: not self.session.jobs)

    def show(self, name: str, pointer: tuple[int, int] | None = None) -> None:
        """Take a picture of the window, with the mouse out of the way."""
        if pointer is not None:
            self.ctx.mouse_move_to_pos(pointer)
        self.ctx.yield_(10)
        testing.capture(self.ctx, str((PICTURES / name).resolve()))


@contextmanager
def copied(tomogram: Path, name: str = "tomogram.mrc") -> Iterator[Path]:
    """Yield a copy of a tomogram in a folder that the program has for itself: it writes beside it."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["SCSEG_HOME"] = home
        copy = Path(home) / name
        shutil.copyfile(tomogram, copy)
        yield copy


def drive(
    paths: Sequence[Path], steps: Callable[[Driver], None], size: tuple[int, int] = SIZE
) -> None:
    """Open the window on files, if any, and do some steps once a tomogram and its annotation are there."""
    window = Window(tuple(paths), start_client)
    window.params.fps_idling.enable_idling = False
    window.params.app_window_params.window_geometry.size = size

    def test(ctx: imgui.test_engine.TestContext) -> None:
        # The test engine would end after a minute.
        engine = hello_imgui.get_imgui_test_engine()
        imgui.test_engine.get_io(engine).config_watchdog_kill_test = PATIENCE
        driver, session = Driver(ctx, window), window.program.session
        if paths:
            driver.wait(
                lambda: session.active is not None and session.active.annotation is not None
            )
        steps(driver)

    window.run(
        lambda params: testing.run(
            test_function=test, runner_params=params, add_ons_params=add_ons()
        )
    )
