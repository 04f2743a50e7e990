"""Memory of ten open annotations against what the visible masks must take; the end of a stroke against a
copy of its mask; saving it against what the disk takes for the same bytes.

Run with `python -m benchmarks.bench_annotations`. Memory is that of a fresh process.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import timeit
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scseg.annotations import steps
from scseg.annotations.contents import Contents
from scseg.annotations.feature import Feature
from scseg.annotations.packed_masks import pack
from scseg.annotations.storage.location import annotation_path
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.writing import save_copy
from scseg.base.rect import Rect

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

TOMOGRAMS, FEATURES, SLICES, SIDE = 10, 5, 50, 1024
SHAPE = (200, SIDE, SIDE)
ALLOWED = 500_000_000
LARGE = 4096


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        write_annotations(Path(folder))
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        command = [sys.executable, "-m", "benchmarks.bench_annotations", "--child", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout.splitlines()[-1])
        limit = ALLOWED + 4 * FEATURES * SIDE * SIDE
        print(
            f"{TOMOGRAMS} tomograms x {FEATURES} features x {SLICES} slices ({size / 1e6:.0f} MB of files): "
            f"peak {found['peak'] / 1e6:.0f} MB, {found['peak'] / limit:.2f} x the limit "
            f"({limit / 1e6:.0f} MB); {found['start'] / 1e6:.0f} MB before anything was opened"
        )
        print(
            f"opening one: {found['open'] * 1e3:.0f} ms; {FEATURES} masks of a new slice: "
            f"{found['browse'] * 1e3:.1f} ms"
        )
        strokes()
        saving(Path(folder))
    return 0 if found["peak"] < limit else 1


def write_annotations(folder: Path) -> None:
    """Write what people draw: contours some pixels wide, all over each slice."""
    random = np.random.default_rng(0)
    # A few different masks, moved about: as large in memory as 2500 different ones, and sooner made.
    patterns = [contours(SIDE, random) for _ in range(8)]
    for number in range(TOMOGRAMS):
        contents = Contents.empty(SHAPE)
        for index in range(FEATURES):
            contents.apply(
                steps.add_feature(contents, Feature(f"F{index}", (1, 0, 0), id=f"{index}"))
            )
            masks = {
                4 * z: np.roll(patterns[(z + index) % 8], random.integers(SIDE), axis=0)
                for z in range(SLICES)
            }
            contents.apply(steps.change_masks(contents, f"{index}", masks, "draw"))
        save_copy(annotation_path(tomogram(folder, number)), contents)


def tomogram(folder: Path, number: int) -> Path:
    return folder / f"t{number}.mrc"


def contours(side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Return the contours of smooth noise, some 6 pixels wide."""
    small = random.normal(size=(32, 32)).astype(np.float32)
    smooth = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
    slope = np.hypot(*np.gradient(smooth))
    return (np.abs(smooth) < 3 * slope).astype(np.uint8)


def child(folder: Path) -> None:
    """Open all, browse and draw in each, and tell the peak of memory."""
    started = peak()
    moment = time.perf_counter()
    everything = [open_annotation(tomogram(folder, n), SHAPE) for n in range(TOMOGRAMS)]
    opening = (time.perf_counter() - moment) / TOMOGRAMS
    browsing = []
    for opened in everything:
        for z in range(0, 4 * SLICES, 4):
            moment = time.perf_counter()
            for index in range(FEATURES):
                opened.annotation.mask(f"{index}", z)
            browsing.append(time.perf_counter() - moment)
        stroke = opened.annotation.begin_stroke("0", 0)
        stroke.values[:40] = 2
        stroke.touch(Rect(0, 0, 40, SIDE))
        opened.keep(stroke.finish())
        opened.annotation.release()
    for opened in everything:
        assert opened.close()
    found = {
        "start": started,
        "peak": peak(),
        "open": opening,
        "browse": float(np.median(browsing)),
    }
    print(json.dumps(found))


def peak() -> int:
    """Return the most memory this process ever had; what it was started from counts in `getrusage`."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def strokes() -> None:
    """Tell what the end of a stroke takes of a frame."""
    for side in (SIDE, LARGE):
        mask = contours(side, np.random.default_rng(0))
        packed = pack(mask)
        ending, copying = seconds(lambda m=mask: pack(m)), seconds(mask.copy)
        unpacking = seconds(packed.values)
        print(
            f"{side} x {side}: end of a stroke {ending * 1e3:.1f} ms, {ending / copying:.0f} x a copy of the "
            f"mask; unpacking {unpacking * 1e3:.1f} ms, {unpacking / copying:.0f} x; "
            f"{len(packed.data) / 1e3:.0f} kB"
        )


def saving(folder: Path) -> None:
    """Tell how long a stroke is on its way to the disk: the least a journal needs is four syncs."""
    opened = open_annotation(tomogram(folder, 0), SHAPE)
    random = np.random.default_rng(0)
    times = []
    for _ in range(30):
        stroke = opened.annotation.begin_stroke("0", 0)
        y, x = random.integers(SIDE - 40, size=2)
        stroke.values[y : y + 40, x : x + 40] ^= 1
        step = stroke.finish()
        moment = time.perf_counter()
        opened.keep(step)
        assert opened.flush(60)
        times.append(time.perf_counter() - moment)
    opened.close()
    packed = opened.annotation.contents.masks["0", 0].data
    syncing = np.median(timeit.repeat(lambda: bare(folder, packed), number=1, repeat=30))
    print(
        f"a stroke on the disk after {np.median(times) * 1e3:.1f} ms (at most {max(times) * 1e3:.1f}), "
        f"{np.median(times) / syncing:.2f} x four bare writes and syncs of its mask"
    )


def bare(folder: Path, data: bytes) -> None:
    with (folder / "bare").open("wb", buffering=0) as file:
        for _ in range(4):
            file.seek(0)
            file.write(data)
            os.fsync(file.fileno())


def seconds(work: Callable[[], object]) -> float:
    return min(timeit.repeat(work, number=1, repeat=20))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]))
    else:
        sys.exit(main())
