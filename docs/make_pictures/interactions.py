"""Makes the picture of interactions between models by driving the real program, on a display of its own.

Run it with models of the demo tomogram: `xvfb-run -a python docs/make_pictures/interactions.py TOMOGRAM
MEMBRANE.scnm CARBON.scnm`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from driving import Driver, copied, drive

from scseg.actions.annotation import cropping
from scseg.actions.models import interactions, model_list
from scseg.actions.view import browsing, view
from scseg.annotations.crop import Crop
from scseg.interactions.rules import InteractionSettings, Rule

if TYPE_CHECKING:
    from scseg.state.session import Session

SLICE = 50
SIZE = (1280, 820)
CROP = Crop(0, 100, 40, 440, 150, 440, enabled=True)
COLOURS = {0: (0.26, 0.83, 0.64), 1: (1.0, 0.9, 0.1)}


def main(tomogram: Path, paths: tuple[Path, ...]) -> None:
    with copied(tomogram) as copy:
        drive((copy, *paths), make_picture, SIZE)


def make_picture(driver: Driver) -> None:
    driver.wait(lambda: len(driver.session.models) == len(COLOURS))
    set_up(driver.session)
    driver.wait_until_predicted()
    driver.ctx.item_click("//Panels/**/Interactions")
    driver.show("interactions.png", (790, 800))


def set_up(session: Session) -> None:
    """Membrane avoids carbon within 30 nm, both compete, and the crop leaves out what is not wanted."""
    browsing.set_slice(session, SLICE)
    membrane, carbon = session.models
    for number, model in enumerate(session.models):
        display = replace(model.display, colour=COLOURS[number])
        model_list.set_display(model, display)
    both = InteractionSettings(emit=True, absorb=True)
    # A low threshold shows what the rule does.
    rule = Rule("avoid", carbon.id, 30.0, 0.25)
    interactions.change(session, membrane, replace(both, rules=(rule,)))
    interactions.change(session, carbon, both)
    interactions.commit(session)
    if session.active is not None:
        cropping.edit(session, session.active, CROP)
        cropping.commit(session, session.active)
    for header in ("Datasets", "Filters", "Create a training dataset"):
        view.set_header(session, header, opened=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(map(Path, sys.argv[2:])))
