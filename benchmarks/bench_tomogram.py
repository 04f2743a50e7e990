"""Opening a tomogram must not cost more for a large one; reading a slice must cost what its bytes cost.

Run with `python -m benchmarks.bench_tomogram`.
"""

from __future__ import annotations

import tempfile
import timeit
from pathlib import Path
from typing import TYPE_CHECKING

import mrcfile
import numpy as np

from scseg.datasets.tomogram import open_tomogram

if TYPE_CHECKING:
    from collections.abc import Callable

SIDE = 1024
SECTIONS = 1024  # 4 GB of float32, sparse on the disk
SLICE_BYTES = SIDE * SIDE * 4


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.mrc"), Path(folder, "large.mrc")
        write(small, 1)
        write(large, SECTIONS)
        opening_small = seconds(lambda: open_tomogram(small), 200)
        opening_large = seconds(lambda: open_tomogram(large), 200)
        tomogram = open_tomogram(large)
        slicing = seconds(lambda: tomogram.slice(0), 50)
        reading = seconds(lambda: read_bare(large), 50)
    megabytes = SECTIONS * SLICE_BYTES / 1e6
    print(
        f"open {megabytes:.0f} MB: {opening_large * 1e3:.3f} ms, "
        f"{opening_large / opening_small:.2f} x a tomogram of one slice"
    )
    print(
        f"slice {SIDE} x {SIDE}: {slicing * 1e3:.3f} ms, "
        f"{slicing / reading:.2f} x bare reading of its bytes into an array"
    )


def write(path: Path, sections: int) -> None:
    """Write a tomogram of which only the first section takes room on the disk."""
    with mrcfile.new_mmap(path, (sections, SIDE, SIDE), mrc_mode=2) as mrc:
        mrc.data[0] = np.random.default_rng(0).random((SIDE, SIDE), dtype="f4")
        mrc.voxel_size = 10


def seconds(work: Callable[[], object], times: int) -> float:
    """Return the best of several runs: what the machine can do when nothing else wants it."""
    return min(timeit.repeat(work, number=1, repeat=times))


def read_bare(path: Path) -> object:
    return np.fromfile(path, "<f4", SIDE * SIDE, offset=1024).reshape(SIDE, SIDE)


if __name__ == "__main__":
    main()
