"""Makes the picture of a ready network by driving the real program, on a display of its own.

Run it as `xvfb-run -a python docs/make_pictures/ready_network.py TOMOGRAM`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from driving import Driver, copied, drive

from scseg.actions.commands import action
from scseg.actions.models import model_list
from scseg.actions.view import browsing, view

SLICE = 50


def main(tomogram: Path) -> None:
    with copied(tomogram) as copy:
        drive((copy,), make_picture)


def make_picture(driver: Driver) -> None:
    session = driver.session
    for header in ("Datasets", "Filters", "Create a training dataset"):
        view.set_header(session, header, opened=False)
    browsing.set_slice(session, SLICE)
    for number, feature in enumerate(("membrane", "ribosome", "microtubule"), start=1):
        action(f"ready-{feature}").run(session)
        driver.wait(lambda number=number: len(session.models) == number)
    for model in session.models:
        model_list.set_display(model, replace(model.display, blend=True, alpha=0.8))
    view.fit(session)
    driver.wait_until_predicted()
    driver.show("ready_network.png", (790, 800))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
