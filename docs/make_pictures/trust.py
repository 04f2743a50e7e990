"""Makes the picture of a check by driving the real program, on a display of its own.

Run it with the demo tomogram, a model of its membranes, and a set of boxes of it, some labels of which are
spoilt: `xvfb-run -a python docs/make_pictures/trust.py TOMOGRAM MEMBRANE.scnm SET.scnt`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from driving import Driver, copied, drive

from scseg.actions.models import checking, checks
from scseg.actions.view import view
from scseg.state.panel_layout import Stage

HEADERS = ("Datasets", "Filters", "Create a training dataset", "Where next?")


def main(tomogram: Path, model: Path, boxes: Path) -> None:
    with copied(tomogram, tomogram.name) as copy:
        drive((copy, model), lambda driver: make_picture(driver, boxes))


def make_picture(driver: Driver, boxes: Path) -> None:
    session = driver.session
    driver.wait(lambda: session.models)
    (model,) = session.models
    view.set_stage(session, Stage.MODELS)
    for header in HEADERS:
        view.set_header(session, header, opened=False)
    checking.check_set(session, model, boxes)
    driver.wait(lambda: model.checked is not None and not session.jobs)
    if model.checked is not None:
        checks.use_best(model)
        checks.show(session, model, checks.rows(session, model.checked)[0])
    driver.wait_until_predicted()
    driver.show("trust.png", (600, 848))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
