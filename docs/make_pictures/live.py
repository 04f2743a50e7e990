"""Makes the picture of learning while one draws, by driving the real program on the demo tomogram.

Run it on a display of its own: `xvfb-run -a python docs/make_pictures/live.py`. It learns for two minutes.
"""

from __future__ import annotations

import time
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from driving import Driver, copied, drive
from scipy import ndimage
from skimage.morphology import skeletonize

from scseg.actions.annotation import features, strokes
from scseg.actions.training import live_switch
from scseg.actions.view import browsing, view
from scseg.annotations.feature import Feature
from scseg.base.labels import BACKGROUND, FEATURE
from scseg.datasets.demo.cached import demo_tomogram
from scseg.datasets.tomogram import open_tomogram

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLICE, SECONDS = 50, 60.0
DRAWN, ERASED = 3, 2
GAP = 8.0
"""Pixels between two points of a line that are not of one stroke."""


def main() -> None:
    files = demo_tomogram()
    truth = open_tomogram(files.labels["Membrane"]).slice(SLICE) > 0
    with copied(files.tomogram) as copy:
        drive((copy,), partial(make_picture, truth=truth))


def make_picture(driver: Driver, truth: NDArray[np.bool_]) -> None:
    session = driver.session
    for header in ("Datasets", "Filters"):
        view.set_header(session, header, opened=False)
    browsing.set_slice(session, SLICE)
    view.fit(session)
    features.add(session, Feature("Membrane", (0.26, 0.83, 0.64), brush_px=3.0))
    live_switch.switch_chosen(session)
    draw_along(driver, truth, DRAWN, FEATURE)
    learn(driver)
    (mask,) = driver.window.program.on_screen.masks
    wrong = (mask.prediction.values >= 0.5) & ~ndimage.binary_dilation(truth, iterations=3)
    draw_along(driver, wrong, ERASED, BACKGROUND)
    learn(driver)
    driver.show("live.png", (790, 840))
    live_switch.switch_chosen(session)
    driver.wait(lambda: session.models[0].run is None)


def draw_along(driver: Driver, area: NDArray[np.bool_], count: int, label: int) -> None:
    """Draw along the middle of the largest pieces of an area."""
    pieces, found = ndimage.label(area, np.ones((3, 3)))
    sizes = ndimage.sum_labels(area, pieces, np.arange(1, found + 1))
    for piece in 1 + np.argsort(-sizes)[:count]:
        line = np.argwhere(skeletonize(pieces == piece))
        around = np.arctan2(*(line - line.mean(axis=0)).T)
        line = line[np.argsort(around)]
        strokes.begin(driver.session, tuple(line[0]), label)
        for before, at in pairwise(line):
            if np.hypot(*(at - before)) > GAP:
                strokes.end(driver.session)
                strokes.begin(driver.session, tuple(at), label)
            strokes.extend(driver.session, tuple(at))
        strokes.end(driver.session)
        driver.ctx.yield_(5)


def learn(driver: Driver) -> None:
    ends = time.monotonic() + SECONDS
    driver.wait(lambda: time.monotonic() > ends and driver.session.models[0].weights is not None)
    driver.wait_until_predicted()


if __name__ == "__main__":
    main()
