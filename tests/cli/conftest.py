"""A tomogram with something in it, for every command."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest


@pytest.fixture
def files(tmp_path, rng):
    """A tomogram with bright squares, their mask, and boxes with and without one."""
    mask = np.zeros((8, 64, 64), np.int8)
    mask[:, 20:32, 20:32] = 1
    voxels = (mask * 3.0 + rng.normal(0, 0.5, mask.shape)).astype(np.float32)
    for name, data in (("t.mrc", voxels), ("mask.mrc", mask)):
        with mrcfile.new(tmp_path / name) as mrc:
            mrc.set_data(data)
            mrc.voxel_size = 13.92
    (tmp_path / "boxes.txt").write_text(
        "# x y z\n25 25 1\n26.4 24.6 2\n28 27 3\n50 50 1\n50 50 3\n"
    )
    return tmp_path
