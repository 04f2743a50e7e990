"""Makes the pictures of the window by driving the real program, on a display of its own.

Run it on what `scseg demo` leaves behind: `xvfb-run -a python docs/make_pictures/window.py TOMOGRAM
MODEL.scnm`.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

from driving import Driver, copied, drive
from imgui_bundle import imgui

from scseg.actions.annotation import boxes, features, strokes
from scseg.actions.models import model_list
from scseg.actions.view import browsing, view
from scseg.base.labels import FEATURE
from scseg.gui.panels.stages import Front
from scseg.state.panel_layout import Stage

SLICE = 50
SIZE = (1280, 820)
VESICLE = (171.0, 130.5, 43.5, 53.0)
"""The middle (y, x) of a vesicle on that slice, and its radii."""


def main(tomogram: Path, model: Path) -> None:
    with copied(tomogram) as copy:
        drive((copy, model), make_pictures, SIZE)


def make_pictures(driver: Driver) -> None:
    session = driver.session
    driver.wait(lambda: session.models)
    browsing.set_slice(session, SLICE)
    draw(driver)
    view.set_header(session, "Create a training dataset", opened=False)
    driver.wait_until_predicted()
    driver.show("window.png", (790, 400))
    view.set_theme(session, "light")
    display = replace(session.models[0].display, blend=True)
    model_list.set_display(session.models[0], display)
    driver.ctx.key_press(imgui.Key.f1)
    driver.ctx.yield_(5)
    driver.ctx.key_chars("zoom")
    driver.show("window_commands.png")


def draw(driver: Driver) -> None:
    """Draw around a vesicle, and place boxes along it."""
    session, opened = driver.session, driver.session.active
    if opened is None:
        return
    view.set_stage(session, Stage.SEGMENTATION)
    driver.wait(lambda: driver.window.frame.ui.state_of(Front).stage == Stage.SEGMENTATION)
    features.add(session)
    feature = replace(opened.features[0], name="Membrane", brush_px=2.5, box_size=32, alpha=0.7)
    features.edit(session, opened, feature)
    features.commit(session, opened)
    for number in range(101):
        angle = 2 * math.pi * number / 100
        at = VESICLE[0] + VESICLE[2] * math.sin(angle), VESICLE[1] + VESICLE[3] * math.cos(angle)
        if number == 0:
            strokes.begin(session, at, FEATURE)
        strokes.extend(session, at)
    strokes.end(session)
    boxes.place_along(session, opened, feature, 30.0)
    driver.show("annotation.png", (700, 500))
    features.remove(session, opened, feature)
    view.set_stage(session, Stage.MODELS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
