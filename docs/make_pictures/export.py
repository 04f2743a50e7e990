"""Makes the picture of the stage Export by driving the real program, on a display of its own.

Run it with two models of the demo tomogram: `xvfb-run -a python docs/make_pictures/export.py TOMOGRAM
MEMBRANE.scnm CARBON.scnm`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from driving import Driver, copied, drive

from scseg.actions.exports import overlays, planning, starting
from scseg.actions.models import interactions, model_list
from scseg.actions.view import browsing, view
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.state.panel_layout import Stage

SLICE = 50
FIRST, LAST = 48, 52
ORANGE = (1.0, 0.6, 0.1)


def main(tomogram: Path, membrane: Path, carbon: Path) -> None:
    with copied(tomogram) as copy:
        drive((copy, membrane, carbon), make_picture)


def make_picture(driver: Driver) -> None:
    session = driver.session
    driver.wait(lambda: len(session.models) == 2)
    membrane, carbon = session.models
    model_list.set_display(carbon, replace(carbon.display, colour=ORANGE))
    avoid = (Rule("avoid", carbon.id, 15.0, 0.5),)
    interactions.change(session, membrane, InteractionSettings(absorb=True, rules=avoid))
    interactions.change(session, carbon, InteractionSettings(emit=True))
    interactions.commit(session)
    view.set_stage(session, Stage.EXPORT)
    for header in ("Datasets", "Filters"):
        view.set_header(session, header, opened=False)
    browsing.set_slice(session, SLICE)
    if session.active is not None:
        planning.set_slices(session.active, FIRST, LAST)
    export(driver)
    export_again(driver)
    driver.show("export.png", (790, 800))


def export(driver: Driver) -> None:
    """Write two volumes, and show them in place of the live predictions."""
    session = driver.session
    driver.wait_until_predicted()
    starting.start(session)
    driver.wait(lambda: session.exports.queue and not session.exports.left)
    for number in range(2):
        overlays.toggle(session, session.exports.queue[0], number)
    overlays.set_alone(session, alone=True)
    driver.wait(lambda: len(driver.window.program.on_screen.volumes) == 2)
    session.notices.clear()


def export_again(driver: Driver) -> None:
    """Let the whole tomogram be written, and wait until its bar tells how long that takes."""
    session = driver.session
    if session.active is not None:
        planning.set_slices(session.active, 0, session.active.shape[0] - 1)
    starting.start(session)
    driver.wait(lambda: session.exports.job is not None and session.exports.job.fraction > 0.05)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
