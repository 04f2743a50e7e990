"""Makes the pictures of a check and of a comparison by driving the real program, on a display of its own.

Run it with the demo tomogram, two models of its membranes, a good and a poor one, and a set of boxes of it,
some labels of which are spoilt:
`xvfb-run -a python docs/make_pictures/trust.py TOMOGRAM GOOD.scnm POOR.scnm SET.scnt`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from driving import Driver, copied, drive

from scseg.actions.models import checking, checks, comparing, model_list
from scseg.actions.view import view
from scseg.state.panel_layout import Stage

HEADERS = ("Datasets", "Filters", "Create a training dataset", "Where next?")
ORANGE = (1.0, 0.6, 0.1)


def main(tomogram: Path, good: Path, poor: Path, boxes: Path) -> None:
    with copied(tomogram, tomogram.name) as copy:
        drive((copy, good), lambda driver: check(driver, boxes))
    with copied(tomogram) as copy:
        drive((copy, good, poor), compare)


def prepare(driver: Driver, models: int) -> None:
    session = driver.session
    driver.wait(lambda: len(session.models) == models)
    view.set_stage(session, Stage.MODELS)
    for header in HEADERS:
        view.set_header(session, header, opened=False)


def check(driver: Driver, boxes: Path) -> None:
    prepare(driver, 1)
    session = driver.session
    (model,) = session.models
    checking.check_set(session, model, boxes)
    driver.wait(lambda: model.checked is not None and not session.jobs)
    if model.checked is not None:
        checks.use_best(model)
        checks.show(session, model, checks.rows(session, model.checked)[0])
    driver.wait_until_predicted()
    driver.show("trust.png", (600, 848))


def compare(driver: Driver) -> None:
    prepare(driver, 2)
    session = driver.session
    good, poor = session.models
    model_list.set_display(good, replace(good.display, name="Membrane, all epochs"))
    model_list.set_display(poor, replace(poor.display, name="Membrane, 5 epochs", colour=ORANGE))
    driver.wait_until_predicted()
    comparing.start(session, poor, good)
    driver.wait(lambda: driver.window.program.on_screen.compared)
    driver.show("compare.png", (600, 848))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
