"""Makes the pictures of the window by driving the real program, on a display of its own.

Run it on what `scseg demo` leaves behind: `xvfb-run -a python docs/make_pictures/window.py TOMOGRAM
MODEL.scnm`.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import imgui
from imgui_bundle.immapp import testing

from scseg.actions import (
    annotation_boxes,
    annotation_features,
    annotation_strokes,
    models,
    tomograms,
    view,
)
from scseg.gui.app import start_client
from scseg.gui.window import Window, add_ons
from scseg.labels import FEATURE
from scseg.preview import visible

if TYPE_CHECKING:
    from collections.abc import Callable

PICTURES = Path("docs") / "pictures"
SLICE = 50
SIZE = (1280, 820)
VESICLE = (171.0, 130.5, 43.5, 53.0)
"""The middle (y, x) of a vesicle on that slice, and its radii."""


def main(tomogram: Path, model: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["SCSEG_HOME"] = home
        window = Window((tomogram, model), start_client)
        window.params.fps_idling.enable_idling = False
        window.params.app_window_params.window_geometry.size = SIZE

        def test(ctx: imgui.test_engine.TestContext) -> None:
            session = window.program.session
            wait(ctx, lambda: session.active is not None and session.models)
            tomograms.set_slice(session, SLICE)
            draw(ctx, window)
            known = window.program.predictor.predictions
            wait(ctx, lambda: known.fraction(visible(session)) == 1.0)
            ctx.mouse_move_to_pos((790, 400))
            show(ctx, "window.png")
            view.set_theme(session, "light")
            display = replace(session.models[0].display, blend=True)
            models.set_display(session.models[0], display)
            ctx.key_press(imgui.Key.f1)
            ctx.yield_(5)
            ctx.key_chars("zoom")
            show(ctx, "window_commands.png")

        window.run(
            lambda params: testing.run(
                test_function=test, runner_params=params, add_ons_params=add_ons()
            )
        )


def draw(ctx: imgui.test_engine.TestContext, window: Window) -> None:
    """Draw around a vesicle, and place boxes along it."""
    session = window.program.session
    wait(ctx, lambda: session.active and session.active.annotation is not None)
    opened = session.active
    view.set_stage(session, "Segmentation")
    wait(ctx, lambda: window.program.ui.stage == "Segmentation")
    annotation_features.add(session)
    feature = replace(opened.features[0], name="Membrane", brush_px=2.5, box_size=32, alpha=0.7)
    annotation_features.edit(session, opened, feature)
    annotation_features.settle(session, opened)
    for number in range(101):
        angle = 2 * math.pi * number / 100
        at = VESICLE[0] + VESICLE[2] * math.sin(angle), VESICLE[1] + VESICLE[3] * math.cos(angle)
        if number == 0:
            annotation_strokes.begin(session, at, FEATURE)
        annotation_strokes.extend(session, at)
    annotation_strokes.end(session)
    annotation_boxes.place_along(session, opened, feature, 30.0)
    ctx.mouse_move_to_pos((700, 500))
    show(ctx, "annotation.png")
    annotation_features.remove(session, opened, feature)
    view.set_stage(session, "Models")


def wait(ctx: imgui.test_engine.TestContext, until: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not until() and time.monotonic() < deadline:
        ctx.yield_()
        time.sleep(0.01)


def show(ctx: imgui.test_engine.TestContext, name: str) -> None:
    ctx.yield_(10)
    testing.capture(ctx, str((PICTURES / name).resolve()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
