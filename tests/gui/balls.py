"""Balls in a tomogram, and what users do with them on the stage Objects."""

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


def write_tomogram(folder):
    noise = np.random.default_rng(0).normal(size=SHAPE).astype(np.float32)
    return write(folder / "cell.mrc", (noise - 3 * balls()).astype(np.float32))


def write_mask(folder, name="mask.mrc"):
    return write(folder / name, balls().astype(np.int8))


def write_scores(folder):
    """Scores that fall off towards the surface of each ball, the more certain the larger it is."""
    from scipy.ndimage import gaussian_filter  # noqa: PLC0415 - one test needs it

    return write(folder / "scores.mrc", gaussian_filter(balls().astype(np.float32), 1.5))


def to_stage(user, part=None):
    """Show the stage Objects, with nothing of the panels above it; of its parts, one may be alone."""
    user.ctx.item_click("//Panels/stages/Objects")
    for header in ("Datasets", "Filters"):
        user.ctx.item_close(f"//Panels/{header}")
    user.ctx.yield_(2)
    parts = ("Source", "Find objects", "Picks", "Measurements")
    for each in parts if part else ():
        way = user.ctx.item_open if each == part else user.ctx.item_close
        way(f"//Panels/**/{each}")
    user.ctx.yield_(2)


def choose_volume(user, path):
    """Choose a volume as the source by the dialog."""
    user.ctx.item_click("//Panels/**/###browse")
    choose_file(user, path)
    user.wait_for(lambda: user.session.active.objects.source is not None)


def choose_file(user, path):
    """Choose a file of the folder that the program was started in."""
    user.wait_for(lambda: user.ctx.item_exists(f"//###files/**/###{path.name}"))
    user.ctx.item_click(f"//###files/**/###{path.name}")
    user.ctx.item_click("//###files/###open")
    user.ctx.yield_(2)
