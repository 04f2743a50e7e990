"""Makes the pictures of the tab Prediction by driving the real program, on a display of its own.

Run it with a model of the demo tomogram: `xvfb-run -a python docs/make_pictures/prediction.py TOMOGRAM
MODEL.scnm`.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import hello_imgui, imgui
from imgui_bundle.immapp import testing

from scseg.actions import advice, model_copies, models, tomograms, view
from scseg.gui.app import start_client
from scseg.gui.window import Window, add_ons
from scseg.preview import visible

if TYPE_CHECKING:
    from collections.abc import Callable

PICTURES = Path("docs") / "pictures"
SIZE = (1280, 860)
SLICE = 50
SEARCHED = (40, 60)
PATIENCE = 600.0


def main(tomogram: Path, model: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["SCSEG_HOME"] = home
        shutil.copyfile(tomogram, Path(home) / "tomogram.mrc")
        window = Window((Path(home) / "tomogram.mrc", model), start_client)
        window.params.fps_idling.enable_idling = False
        window.params.app_window_params.window_geometry.size = SIZE

        def test(ctx: imgui.test_engine.TestContext) -> None:
            engine = hello_imgui.get_imgui_test_engine()
            imgui.test_engine.get_io(engine).config_watchdog_kill_test = PATIENCE
            prepare(ctx, window)
            find_places(ctx, window)
            copy(ctx, window)

        window.run(
            lambda params: testing.run(
                test_function=test, runner_params=params, add_ons_params=add_ons()
            )
        )


def prepare(ctx: imgui.test_engine.TestContext, window: Window) -> None:
    session = window.program.session
    wait(ctx, lambda: session.models and session.active and session.active.annotation is not None)
    for header in ("Datasets", "Filters", "Create a training dataset"):
        view.set_header(session, header, opened=False)
    display = session.models[0].display
    models.set_display(session.models[0], replace(display, blend=True, alpha=0.8))
    tomograms.set_slice(session, SLICE)


def find_places(ctx: imgui.test_engine.TestContext, window: Window) -> None:
    """Let the program find where the model is in doubt, and show one of the places."""
    session = window.program.session
    advice.search(session, *SEARCHED)
    wait(ctx, lambda: session.advice is not None)
    window.program.ui.searched = SEARCHED
    found = advice.current(session)
    if found is not None:
        advice.show(session, found, found.places[0])
    view.fit(session)
    show(ctx, window, "prediction.png")


def copy(ctx: imgui.test_engine.TestContext, window: Window) -> None:
    """Copy what the model finds into a feature."""
    session = window.program.session
    opened, (model,) = session.active, session.models
    if opened is not None:
        feature = replace(model_copies.feature_of(model), fill=False, alpha=0.9)
        model_copies.copy(session, opened, model, feature, range(opened.z, opened.z + 1))
        wait(ctx, lambda: opened.features)
    models.set_display(model, replace(model.display, show=False))
    view.set_stage(session, "Segmentation")
    show(ctx, window, "prediction_copied.png")


def wait(ctx: imgui.test_engine.TestContext, until: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until() and time.monotonic() < deadline:
        ctx.yield_()
        time.sleep(0.01)


def show(ctx: imgui.test_engine.TestContext, window: Window, name: str) -> None:
    session, known = window.program.session, window.program.predictor.predictions
    wait(ctx, lambda: known.fraction(visible(session)) == 1.0 and not session.jobs)
    ctx.mouse_move_to_pos((790, 800))
    ctx.yield_(10)
    testing.capture(ctx, str((PICTURES / name).resolve()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
