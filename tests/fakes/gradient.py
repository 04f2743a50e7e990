"""A small tomogram of grey values that tell slice, row and column apart."""

from __future__ import annotations

import mrcfile
import numpy as np

SHAPE = (12, 40, 60)


def gradient():
    """Return grey values (z, y, x) from 0 to 208, float32."""
    z, y, x = np.indices(SHAPE)
    return (10 * z + y + x).astype(np.float32)


def write_volume(path, volume):
    """Write a volume as an MRC file of 10 A per pixel; return its path."""
    with mrcfile.new(path) as file:
        file.set_data(volume)
        file.voxel_size = 10.0
    return path


def write_four(folder):
    """Write four tomograms of different depths, a.mrc to d.mrc; return their paths."""
    volume = gradient()
    return [
        write_volume(folder / f"{name}.mrc", np.ascontiguousarray(volume[: SHAPE[0] - number]))
        for number, name in enumerate("abcd")
    ]
