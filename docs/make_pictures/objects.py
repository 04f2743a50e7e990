"""Makes the pictures of the stage Objects by driving the real program, on a display of its own.

Run it on the demo tomogram and two of its masks: `xvfb-run -a python docs/make_pictures/objects.py
demo_tomogram.mrc demo_ribosome.mrc demo_membrane.mrc`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from driving import Driver, copied, drive

from scseg.actions.objects import curating, finding, measuring, picking
from scseg.actions.objects import source as sources
from scseg.actions.view import browsing, view
from scseg.state.objects import Finding, Keeping
from scseg.state.panel_layout import Stage
from scseg.state.tomograms import View

SLICE = 50
SIZE = (1280, 1060)
DIAMETER = 270.0
SMALLEST = 3000.0
PLACE = (50, 310, 330)
"""What is chosen is near to it, (z, y, x)."""


def main(tomogram: Path, ribosomes: Path, membranes: Path) -> None:
    def make_pictures(driver: Driver) -> None:
        objects(driver, ribosomes, membranes)
        positions(driver)

    with copied(tomogram) as copy:
        drive((copy,), make_pictures, SIZE)


def objects(driver: Driver, ribosomes: Path, membranes: Path) -> None:
    """Find the ribosomes, and measure how far they are from membranes."""
    session, opened = driver.session, driver.session.active
    if opened is None:
        return
    browsing.set_slice(session, SLICE)
    for header in ("Datasets", "Filters", "Picks"):
        view.set_header(session, header, opened=False)
    sources.use_volume(session, opened, ribosomes)
    driver.wait(lambda: opened.objects.source)
    session.requests.append(
        sources.looked(session, opened, membranes, lambda it: sources.use_as_other(opened, it))
    )
    driver.wait(lambda: opened.objects.other)
    finding.set_finding(opened, Finding(split=True))
    finding.set_keeping(opened, Keeping(SMALLEST))
    driver.ctx.yield_(5)
    finding.find(session, opened)
    driver.wait(lambda: opened.objects.found and not opened.objects.at_work)
    measuring.start(session, opened)
    driver.wait(lambda: opened.objects.measured and not opened.objects.at_work)
    rows = opened.objects.measured.rows if opened.objects.measured else ()
    measuring.show(session, opened, nearest([(row.z, row.y, row.x) for row in rows]))
    browsing.set_slice(session, SLICE)
    view.set_stage(session, Stage.OBJECTS)
    driver.show("objects.png", (800, 500))


def positions(driver: Driver) -> None:
    """Pick the ribosomes, and go to one of them."""
    session, opened = driver.session, driver.session.active
    if opened is None:
        return
    for header in ("Find objects", "Measurements"):
        view.set_header(session, header, opened=False)
    view.set_header(session, "Picks", opened=True)
    picking.set_picking(opened, replace(opened.objects.picking, diameter=DIAMETER))
    finding.set_alpha(opened, 0.0)
    opened.objects.chosen = 0
    picking.start(session, opened)
    driver.wait(lambda: len(picking.picks_of(opened)))
    view.set_theme(session, "light")
    curating.show(session, opened, nearest(picking.picks_of(opened).all.positions))
    browsing.set_slice(session, SLICE)
    view.set_view(opened, View(*PLACE[:0:-1], 2.6, fit=False))
    while session.notices:
        session.notices.pop()
    driver.show("positions.png", (800, 500))


def nearest(places: object) -> int:
    """Return the number of the place that is nearest to the one in the pictures."""
    return int(np.linalg.norm(np.asarray(places) - PLACE, axis=1).argmin())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
