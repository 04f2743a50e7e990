"""Balls in a tomogram, and masks and scores of them."""

from __future__ import annotations

import mrcfile
import numpy as np

SHAPE = (30, 60, 80)
APIX = 20.0
BALLS = ((8, 15, 20, 6.0), (12, 40, 30, 5.0), (20, 30, 60, 7.0), (15, 50, 65, 3.0))
"""The middles (z, y, x) of balls and their radii, in voxels; none touches another."""


def balls(shape=SHAPE, which=BALLS):
    """Return which voxels are in a ball, bool (z, y, x)."""
    z, y, x = np.indices(shape)
    inside = np.zeros(shape, bool)
    for cz, cy, cx, radius in which:
        inside |= (z - cz) ** 2 + (y - cy) ** 2 + (x - cx) ** 2 <= radius**2
    return inside


def write(path, values, apix=APIX):
    with mrcfile.new(path) as file:
        file.set_data(values)
        file.voxel_size = apix
    return path


def write_tomogram(folder, apix=APIX):
    noise = np.random.default_rng(0).normal(size=SHAPE).astype(np.float32)
    return write(folder / "cell.mrc", (noise - 3 * balls()).astype(np.float32), apix)


def write_mask(folder, name="mask.mrc"):
    return write(folder / name, balls().astype(np.int8))


def write_scores(folder):
    """Scores that fall off towards the surface of each ball, the more certain the larger it is."""
    from scipy.ndimage import gaussian_filter  # noqa: PLC0415 - one test needs it

    return write(folder / "scores.mrc", gaussian_filter(balls().astype(np.float32), 1.5))
