"""Makes the pictures of the tab Prediction by driving the real program, on a display of its own.

Run it with a model of the demo tomogram: `xvfb-run -a python docs/make_pictures/prediction.py TOMOGRAM
MODEL.scnm`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from driving import Driver, copied, drive

from scseg.actions.models import advice, copy_to_annotation, model_list
from scseg.actions.view import browsing, view
from scseg.gui.panels.models.advice import SlicesToSearch
from scseg.state.panel_layout import Stage

SLICE = 50
SEARCHED = (40, 60)


def main(tomogram: Path, model: Path) -> None:
    with copied(tomogram) as copy:
        drive((copy, model), make_pictures)


def make_pictures(driver: Driver) -> None:
    prepare(driver)
    find_places(driver)
    copy_found(driver)


def prepare(driver: Driver) -> None:
    session = driver.session
    driver.wait(lambda: session.models)
    for header in ("Datasets", "Filters", "Create a training dataset"):
        view.set_header(session, header, opened=False)
    display = session.models[0].display
    model_list.set_display(session.models[0], replace(display, blend=True, alpha=0.8))
    browsing.set_slice(session, SLICE)


def find_places(driver: Driver) -> None:
    """Let the program find where the model is in doubt, and show one of the places."""
    session = driver.session
    advice.search(session, *SEARCHED)
    driver.wait(lambda: session.advice is not None)
    if session.active is not None:
        spans = driver.window.frame.ui.state_of(SlicesToSearch).spans
        spans[session.active.ref] = SEARCHED
    found = advice.current(session)
    if found is not None:
        advice.show(session, found, found.places[0])
    view.fit(session)
    driver.wait_until_predicted()
    driver.show("prediction.png", (790, 800))


def copy_found(driver: Driver) -> None:
    """Copy what the model finds into a feature."""
    session = driver.session
    opened, (model,) = session.active, session.models
    if opened is not None:
        new = copy_to_annotation.feature_of(session, opened, model)
        feature = replace(new, fill=False, alpha=0.9)
        copy_to_annotation.copy(session, opened, model, feature, range(opened.z, opened.z + 1))
        driver.wait(lambda: opened.features)
    model_list.set_display(model, replace(model.display, show=False))
    view.set_stage(session, Stage.SEGMENTATION)
    driver.wait_until_predicted()
    driver.show("prediction_copied.png", (790, 800))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
