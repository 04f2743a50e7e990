"""Makes the picture of interactions between models by driving the real program, on a display of its own.

Run it with models of the demo tomogram: `xvfb-run -a python docs/make_pictures/interactions.py TOMOGRAM
MEMBRANE.scnm CARBON.scnm`.
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

from imgui_bundle.immapp import testing

from scseg.actions import annotation_crop, interactions, models, tomograms, view
from scseg.annotations.crop import Crop
from scseg.gui.app import start_client
from scseg.gui.window import Window, add_ons
from scseg.interactions.rules import Conduct, Rule
from scseg.preview import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgui_bundle import imgui

PICTURES = Path("docs") / "pictures"
SLICE = 50
SIZE = (1280, 820)
CROP = Crop(0, 100, 40, 440, 150, 440, enabled=True)
COLOURS = {0: (0.26, 0.83, 0.64), 1: (1.0, 0.9, 0.1)}


def main(tomogram: Path, paths: tuple[Path, ...]) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["SCSEG_HOME"] = home
        shutil.copyfile(tomogram, Path(home) / "tomogram.mrc")
        window = Window((Path(home) / "tomogram.mrc", *paths), start_client)
        window.params.fps_idling.enable_idling = False
        window.params.app_window_params.window_geometry.size = SIZE

        def test(ctx: imgui.test_engine.TestContext) -> None:
            session = window.program.session
            wait(ctx, lambda: session.active is not None and len(session.models) == len(paths))
            wait(ctx, lambda: session.active and session.active.annotation is not None)
            set_up(window)
            known = window.program.predictor.predictions
            wait(ctx, lambda: known.fraction(visible(session)) == 1.0)
            wait(ctx, lambda: not any(mask.pending for mask in window.program.ui.masks))
            ctx.item_click("//Panels/**/Interactions")
            ctx.mouse_move_to_pos((790, 800))
            ctx.yield_(10)
            testing.capture(ctx, str((PICTURES / "interactions.png").resolve()))

        window.run(
            lambda params: testing.run(
                test_function=test, runner_params=params, add_ons_params=add_ons()
            )
        )


def set_up(window: Window) -> None:
    """Membrane avoids carbon within 30 nm, both compete, and the crop leaves out what is not wanted."""
    session = window.program.session
    tomograms.set_slice(session, SLICE)
    membrane, carbon = session.models
    for number, model in enumerate(session.models):
        display = replace(model.display, colour=COLOURS[number])
        models.set_display(model, display)
    both = Conduct(emit=True, absorb=True)
    rule = Rule("avoid", carbon.id, 30.0, 0.5)
    interactions.change(session, membrane, replace(both, rules=(rule,)))
    interactions.change(session, carbon, both)
    interactions.settle(session)
    if session.active is not None:
        annotation_crop.edit(session, session.active, CROP)
        annotation_crop.settle(session, session.active)
    for header in ("Datasets", "Filters", "Create a training dataset"):
        view.set_header(session, header, opened=False)


def wait(ctx: imgui.test_engine.TestContext, until: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not until() and time.monotonic() < deadline:
        ctx.yield_()
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(map(Path, sys.argv[2:])))
