"""Makes the pictures of the stage Models by driving the real program on the demo tomogram.

Run it on a display of its own: `xvfb-run -a python docs/make_pictures/models.py`. It trains for some minutes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import hello_imgui, imgui
from imgui_bundle.immapp import testing

from scseg.actions import (
    annotation,
    generating,
    tomograms,
    training,
    training_plan,
    training_set,
    view,
)
from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.datasets.demo.annotation import place_boxes, slices_to_annotate
from scseg.datasets.demo.cached import demo_tomogram
from scseg.datasets.tomogram import open_tomogram
from scseg.gui.app import start_client
from scseg.gui.window import Window, add_ons

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.open_tomograms import OpenTomogram
    from scseg.session import Session

PICTURES = Path("docs") / "pictures"
SIZE = (1280, 860)
BOXES, BOX_SIZE = 90, 64
EPOCHS = 9
PATIENCE = 1800.0
FEATURES = {
    "Membrane": (0.26, 0.83, 0.64),
    "Carbon": (0.93, 0.79, 0.24),
    "Background": (0.91, 0.42, 0.38),
}


def main() -> None:
    files = demo_tomogram()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SCSEG_HOME"] = folder
        tomogram = Path(folder) / "tomogram.mrc"
        shutil.copyfile(files.tomogram, tomogram)
        window = Window((tomogram,), start_client)
        window.params.fps_idling.enable_idling = False
        window.params.app_window_params.window_geometry.size = SIZE

        def test(ctx: imgui.test_engine.TestContext) -> None:
            be_patient()
            session = window.program.session
            wait(ctx, lambda: session.tomograms and session.tomograms[0].annotation is not None)
            annotate(session, session.tomograms[0], files.labels)
            view.set_stage(session, "Models")
            for header in ("Datasets", "Filters"):
                view.set_header(session, header, opened=False)
            training_set.choose(session, "Membrane", 1)
            training_set.choose(session, "Background", -1)
            ctx.mouse_move_to_pos((790, 840))
            wait(ctx, lambda: session.architectures)
            show(ctx, "models_set.png")
            train(ctx, window, Path(folder))

        window.run(
            lambda params: testing.run(
                test_function=test, runner_params=params, add_ons_params=add_ons()
            )
        )


def annotate(session: Session, opened: OpenTomogram, labels: dict[str, Path]) -> None:
    """Draw the membrane on three slices as it is, and place boxes as people do."""
    if opened.annotation is None:
        return
    contents = opened.annotation.contents
    truth = np.asarray(open_tomogram(labels["Membrane"]).voxels)
    slices = slices_to_annotate(truth)
    boxes = [tuple(box) for box in place_boxes(truth, slices, BOXES, BOX_SIZE).tolist()]
    features = [Feature(name, colour) for name, colour in FEATURES.items()]
    for feature in features:
        annotation.take(session, opened, steps.add_feature(contents, feature))
    membrane, _, background = features
    masks = {z: (truth[z] > 0).astype(np.uint8) for z in slices}
    annotation.take(session, opened, steps.change_masks(contents, membrane.id, masks, "draw"))
    half = BOX_SIZE // 2
    on = [
        (z, y, x) for z, y, x in boxes if truth[z, y - half : y + half, x - half : x + half].any()
    ]
    beside = [box for box in boxes if box not in on]
    annotation.take(session, opened, steps.change_boxes(contents, membrane.id, add=on))
    annotation.take(session, opened, steps.change_boxes(contents, background.id, add=beside))
    tomograms.set_slice(session, slices[1])


def train(ctx: imgui.test_engine.TestContext, window: Window, folder: Path) -> None:
    """Make the set, train on it, and look at an unseen slice meanwhile."""
    session = window.program.session
    generating.write(session, folder / "13.92_64_Membrane.scnt")
    wait(ctx, lambda: session.models and session.models[0].plan.training_set)
    view.set_header(session, "Create a training dataset", opened=False)
    (model,) = session.models
    parameters = replace(model.plan.parameters, validation=0.2)
    training_plan.set_parameters(model, parameters)
    session.notices.clear()
    tomograms.step_slice(session, 7)
    training.begin(session, model)
    wait(ctx, lambda: len(model.epochs) >= EPOCHS)
    wait(ctx, lambda: model.ref == model.epochs[-1].model and not window.program.predictor.status)
    session.notices.clear()
    show(ctx, "models_training.png")


def be_patient() -> None:
    """Keep the test engine from ending after a minute."""
    engine = hello_imgui.get_imgui_test_engine()
    imgui.test_engine.get_io(engine).config_watchdog_kill_test = PATIENCE


def wait(ctx: imgui.test_engine.TestContext, until: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until() and time.monotonic() < deadline:
        ctx.yield_()
        time.sleep(0.01)


def show(ctx: imgui.test_engine.TestContext, name: str) -> None:
    ctx.yield_(10)
    testing.capture(ctx, str((PICTURES / name).resolve()))


if __name__ == "__main__":
    main()
