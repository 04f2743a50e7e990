"""The process that makes the demo tomogram, with a tube of membrane in place of the simulation.

It waits at a third of the work for as long as the file named by SCSEG_DEMO_WAITS is there.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

from scseg.compute.worker import demo_process
from scseg.datasets.demo import cached
from scseg.datasets.demo.places import LABELS
from scseg.datasets.demo.simulate import Simulation, Specimen

SHAPE = (30, 200, 200)
WORKER = "tests.fakes.demo"


def main(connection):
    cached.simulate = tube
    demo_process.DEFAULT = Specimen(SHAPE)
    demo_process.main(connection)


def tube(specimen, report):
    """Return a tomogram of a tube along z with a wall of 5 pixels, dark on noise."""
    report(0.33, "vesicles")
    while Path(os.environ.get("SCSEG_DEMO_WAITS", "")).is_file():
        time.sleep(0.01)
        report(0.33, "vesicles")
    _, height, width = specimen.shape
    y, x = np.mgrid[:height, :width]
    wall = (abs(np.hypot(y - 60, x - 60) - 35) < 2.5).astype(np.uint8)
    labels = {name: np.zeros(specimen.shape, np.uint8) for name in LABELS}
    labels["Membrane"][:] = wall
    noise = np.random.default_rng(0).normal(160, 12, specimen.shape)
    tomogram = (noise - 30 * labels["Membrane"]).astype(np.float32)
    return Simulation(tomogram, labels, {"Ribosome": np.zeros((1, 3))})
