"""Makes the pictures of the stage Models by driving the real program on the demo tomogram.

Run it on a display of its own: `xvfb-run -a python docs/make_pictures/models.py`. It trains for some minutes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from driving import Driver, copied, drive

from scseg.actions.annotation import changes
from scseg.actions.training import generating, new_set, runs, training_plan
from scseg.actions.view import browsing, view
from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.datasets.demo.annotation import place_boxes, slices_to_annotate
from scseg.datasets.demo.cached import demo_tomogram
from scseg.datasets.tomogram import open_tomogram
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

BOXES, BOX_SIZE = 90, 64
EPOCHS = 9
FEATURES = {
    "Membrane": (0.26, 0.83, 0.64),
    "Carbon": (0.93, 0.79, 0.24),
    "Background": (0.91, 0.42, 0.38),
}


def main() -> None:
    files = demo_tomogram()
    with copied(files.tomogram) as copy:
        drive((copy,), partial(make_pictures, labels=files.labels, folder=copy.parent))


def make_pictures(driver: Driver, labels: dict[str, Path], folder: Path) -> None:
    session = driver.session
    annotate(session, session.tomograms[0], labels)
    view.set_stage(session, Stage.MODELS)
    for header in ("Datasets", "Filters"):
        view.set_header(session, header, opened=False)
    new_set.choose(session, "Membrane", 1)
    new_set.choose(session, "Background", -1)
    driver.wait(lambda: session.counted.counts)
    driver.show("models_set.png", (790, 840))
    train(driver, folder)


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
        changes.apply_step(session, opened, steps.add_feature(contents, feature))
    membrane, _, background = features
    masks = {z: (truth[z] > 0).astype(np.uint8) for z in slices}
    changes.apply_step(session, opened, steps.change_masks(contents, membrane.id, masks, "draw"))
    half = BOX_SIZE // 2
    on = [
        (z, y, x) for z, y, x in boxes if truth[z, y - half : y + half, x - half : x + half].any()
    ]
    beside = [box for box in boxes if box not in on]
    changes.apply_step(session, opened, steps.change_boxes(contents, membrane.id, add=on))
    changes.apply_step(session, opened, steps.change_boxes(contents, background.id, add=beside))
    browsing.set_slice(session, slices[1])


def train(driver: Driver, folder: Path) -> None:
    """Make the set, train on it, and look at an unseen slice meanwhile."""
    session, program = driver.session, driver.window.program
    session.requests.append(generating.write(session, folder / "13.92_64_Membrane.scnt"))
    driver.wait(lambda: session.models and session.models[0].plan.training_set)
    view.set_header(session, "Create a training dataset", opened=False)
    (model,) = session.models
    parameters = replace(model.plan.parameters, validation=0.2)
    training_plan.set_parameters(model, parameters)
    session.notices.clear()
    browsing.step_slice(session, 7)
    runs.begin(session, model)
    driver.wait(lambda: len(model.epochs) >= EPOCHS)
    driver.wait(lambda: shows_its_latest(model) and program.predictor.settled)
    session.notices.clear()
    driver.show("models_training.png")
    runs.stop(model)
    driver.wait(lambda: model.run is None)


def shows_its_latest(model: Model) -> bool:
    """Tell whether the latest epoch is seen; its file has another name meanwhile."""
    latest = model.epochs[-1].model
    return model.ref is not None and model.ref.weights_sha256 == latest.weights_sha256


if __name__ == "__main__":
    main()
