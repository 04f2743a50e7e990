"""Tomograms and models for exports around a network that is a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mrcfile
import numpy as np

from tests.fakes.models import write_model

if TYPE_CHECKING:
    from pathlib import Path

FAKE = "tests.fakes.worker"
SHAPE = (6, 40, 50)


def write_tomogram(path: Path, seed: int = 0, shape: tuple[int, int, int] = SHAPE) -> Path:
    path.parent.mkdir(exist_ok=True)
    rng = np.random.default_rng(seed)
    with mrcfile.new(path) as mrc:
        mrc.set_data(rng.normal(5, 2, shape).astype(np.float32))
        mrc.voxel_size = (10.0, 10.0, 20.0)
    return path


def write_named_model(path: Path, name: str) -> Path:
    made = write_model(path.parent, name=name)
    made.rename(path)
    made.with_suffix(".h5").rename(path.with_suffix(".h5"))
    return path
