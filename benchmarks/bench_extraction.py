"""A training set must cost little more than reading its boxes and writing them.

10,000 boxes of 64 pixels, not resampled: annotation to file, against a plain loop that copies the same boxes
out of a mapped tomogram and a mapped mask and hands them to tifffile. Both flush the file to the disk.

Run with `python -m benchmarks.bench_extraction`.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import mrcfile
import numpy as np
import tifffile

from scseg.annotations.contents import Contents
from scseg.annotations.feature import COLOURS, Feature
from scseg.annotations.packed_masks import pack
from scseg.annotations.training_boxes import annotated_tomogram, count_samples
from scseg.base.labels import FEATURE
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.extraction import AnnotatedTomogram, SetParameters, extract
from scseg.datasets.training_sets.labelling import BoxGrid
from scseg.datasets.training_sets.training_set import save_training_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scseg.datasets.tomogram import Tomogram

BOXES, BOX_SIZE = 10_000, 64
SHAPE = (100, 1024, 1024)
ANNOTATED = range(10, 90, 2)
ROUNDS = 11
AIM = 0.5
CHOICES = {"Membrane": 1}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        tomogram, mask, contents = prepared(Path(folder))
        target = Path(folder, "set.scnt")
        annotated = annotated_tomogram(tomogram, contents, CHOICES)
        centres = np.array([(box.z, box.y, box.x) for box in annotated.boxes])
        pairs = [
            (
                seconds(lambda: extracted(annotated, target)),
                seconds(lambda: plain_loop(tomogram.voxels, mask, centres, target)),
            )
            for _ in range(ROUNDS)
        ]
        counting = seconds(lambda: count_samples(contents, CHOICES, BoxGrid(BOX_SIZE)))
        recounting = seconds(lambda: count_samples(contents, CHOICES, BoxGrid(BOX_SIZE)))
    ratio = statistics.median(plain / ours for ours, plain in pairs)
    ours, plain = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(
        f"{BOXES} boxes of {BOX_SIZE} extracted in {ours:.2f} s, by a plain loop in {plain:.2f} s: "
        f"{ratio:.2f} x its speed ({AIM} is due)"
    )
    print(f"counted in {counting * 1e3:.0f} ms, again in {recounting * 1e3:.1f} ms")
    return int(ratio < AIM)


def prepared(folder: Path) -> tuple[Tomogram, NDArray[np.int8], Contents]:
    """Write a tomogram and a mask, and return both with the annotation that they stand for."""
    random = np.random.default_rng(0)
    noise = random.normal(size=SHAPE[1:]).astype(np.float32)
    y, x = np.ogrid[: SHAPE[1], : SHAPE[2]]
    rings = (np.hypot(y - 512, x - 512) % 100 < 6).astype(np.int8)
    feature = Feature("Membrane", COLOURS[0], box_size=BOX_SIZE)
    contents = Contents.empty(SHAPE)
    contents.features = (feature,)
    centres = random.integers(BOX_SIZE, SHAPE[1] - BOX_SIZE, (len(ANNOTATED), 2 * BOXES, 2))
    for z, points in zip(ANNOTATED, centres.tolist(), strict=True):
        unique = list(dict.fromkeys(map(tuple, points)))[: BOXES // len(ANNOTATED)]
        contents.boxes[feature.id, z] = frozenset(unique)
        packed = pack(rings.view(np.uint8) * np.uint8(FEATURE))
        assert packed is not None
        contents.masks[feature.id, z] = packed
    for name, mode, values in (("tomogram.mrc", 2, noise), ("mask.mrc", 0, rings)):
        with mrcfile.new_mmap(folder / name, SHAPE, mrc_mode=mode) as mrc:
            mrc.voxel_size = 13.92
            for z in range(SHAPE[0]):
                mrc.data[z] = values
    mask = mrcfile.mmap(folder / "mask.mrc").data
    return open_tomogram(folder / "tomogram.mrc"), mask, contents


def extracted(annotated: AnnotatedTomogram, target: Path) -> None:
    made = extract([annotated], SetParameters(BOX_SIZE, None, ("Membrane",)))
    save_training_set(made, target)


def plain_loop(
    voxels: NDArray[np.float32],
    mask: NDArray[np.int8],
    centres: NDArray[np.int64],
    target: Path,
) -> None:
    half = BOX_SIZE // 2
    stack = np.empty((len(centres), 2, BOX_SIZE, BOX_SIZE), np.float32)
    for pair, (z, y, x) in zip(stack, centres, strict=True):
        rows, columns = slice(y - half, y + half), slice(x - half, x + half)
        pair[0] = voxels[z, rows, columns]
        pair[1] = mask[z, rows, columns]
    with target.open("wb") as file:
        tifffile.imwrite(file, stack, imagej=True, metadata={"axes": "TCYX"})
        file.flush()
        os.fsync(file.fileno())


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    raise SystemExit(main())
