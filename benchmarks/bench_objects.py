"""Objects must cost little more than the libraries that find them, and particles must be where they are.

Run with `python -m benchmarks.bench_objects`. The demo tomogram's true masks, 100 x 464 x 464. Objects with
holes filled, sizes and which are at the border, against cc3d and fill_voids alone; what is compared takes
turns. Then, from the true masks, the ribosomes' places within 60 A and the microtubules' axes.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING
from unittest import mock

import cc3d
import fill_voids
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import KDTree

from scseg.datasets.coordinates.reading import read_coordinates
from scseg.datasets.demo import filaments, simulate
from scseg.datasets.demo.cached import demo_tomogram
from scseg.datasets.tomogram import open_tomogram
from scseg.objects.components import CONNECTIVITY, find_objects
from scseg.objects.feature_volume import read_feature, whole_mask
from scseg.objects.picking import PickSettings, pick

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.objects.picks import Picks

    Points = NDArray[np.float64]

ROUNDS = 9
LIMIT, FRAME_MS = 1.5, 16.0
NEAR_A, F1_DUE = 60.0, 0.93
AXIS_DUE, DEGREES_DUE = 1.0, 5.0
RIBOSOME, MICROTUBULE, MONOMERS = 270.0, 250.0, 82.0
"""A: the diameters, and two dimers of tubulin along a microtubule."""


def main() -> int:
    files = demo_tomogram()
    passed = [report_objects(name, path) for name, path in files.labels.items()]
    passed.append(report_ribosomes(files.labels["Ribosome"], files.ribosome_centres))
    passed.append(report_microtubules(files.labels["Microtubule"]))
    return int(not all(passed))


def report_objects(name: str, path: Path) -> bool:
    volume = open_tomogram(path)
    mask = whole_mask(read_feature(volume))
    assert volume.voxel_size is not None
    size = volume.voxel_size

    def bare() -> None:
        cc3d.connected_components(fill_voids.fill(mask), connectivity=CONNECTIVITY)

    def ours() -> None:
        find_objects(mask.copy(), size, fill_holes=True)

    pairs = [(seconds(ours), seconds(bare)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / plain for mine, plain in pairs)
    mine, plain = (statistics.median(times) for times in zip(*pairs, strict=True))
    objects = find_objects(mask, size, fill_holes=True)
    volumes = objects.volumes_nm3[1:]
    steps = np.linspace(0, volumes.max(), ROUNDS)
    middle = len(mask) // 2
    slider = statistics.median(
        seconds(lambda nm3=nm3: objects.on_slice(middle, objects.kept(nm3))) for nm3 in steps
    )
    print(
        f"{name}: {objects.count} objects in {mine:.2f} s, {ratio:.2f} x cc3d and fill_voids alone "
        f"({plain:.2f} s, limit {LIMIT}); a step of the smallest size, on a slice: {slider * 1e3:.1f} ms "
        f"(a frame has {FRAME_MS:g})"
    )
    return ratio <= LIMIT and slider * 1e3 <= FRAME_MS


def report_ribosomes(path: Path, centres: Path) -> bool:
    volume = open_tomogram(path)
    feature = read_feature(volume)
    true = read_coordinates(centres).positions
    passed = True
    for told, settings, due in (
        ("peaks of 270 A", PickSettings(diameter=RIBOSOME), F1_DUE),
        ("peaks, diameter found out", PickSettings(), F1_DUE),
        (
            "centres, split, from 3000 nm^3 on",
            PickSettings("centres", smallest_nm3=3000, split=True),
            0.0,
        ),
    ):
        found = pick(feature, settings)
        score = f1(found.positions, true, NEAR_A / (volume.apix or 1))
        print(f"Ribosome, {told}: {len(found)} of {len(true)}, F1 {score:.3f} ({due} is due)")
        passed &= score >= due
    return passed


def f1(found: Points, true: Points, near: float) -> float:
    apart = np.linalg.norm(found[:, None] - true[None], axis=2)
    rows, columns = linear_sum_assignment(np.where(apart <= near, apart, 1e6))
    right = int((apart[rows, columns] <= near).sum())
    return 2 * right / (len(found) + len(true))


def report_microtubules(path: Path) -> bool:
    feature = read_feature(open_tomogram(path))
    found = pick(feature, PickSettings("filaments", MICROTUBULE, MONOMERS))
    across, degrees = off_axis(found, true_axes())
    print(
        f"Microtubule: {len(found)} points, {across.max():.2f} voxels from the axis at most ({AXIS_DUE:g} is "
        f"due), {degrees.max():.1f} degrees from its direction ({DEGREES_DUE:g})"
    )
    return bool(across.max() <= AXIS_DUE and degrees.max() <= DEGREES_DUE)


def true_axes() -> list[Points]:
    """Return the microtubules' axes, as they are drawn when the demo tomogram is arranged anew."""
    drawn: list[Points] = []
    draw = filaments._draw_microtubule

    def record(scene: object, path: Points, rng: object) -> None:
        drawn.append(path)
        draw(scene, path, rng)

    specimen = simulate.DEFAULT
    arranging, _ = np.random.default_rng(specimen.seed).spawn(2)
    padded = simulate._padded(specimen.shape)
    corner = np.array([(p - n) // 2 for p, n in zip(padded, specimen.shape, strict=True)])
    with mock.patch.object(filaments, "_draw_microtubule", record):
        simulate._arranged(padded, specimen.apix, arranging, lambda *_: None)
    return [path - corner for path in drawn]


def off_axis(found: Picks, axes: list[Points]) -> tuple[Points, Points]:
    """Return how many voxels points are from the nearest axis, and how many degrees from its direction."""
    assert found.directions is not None
    points = np.concatenate(axes)
    along = np.concatenate([np.gradient(axis, axis=0) for axis in axes])
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    nearest = KDTree(points).query(found.positions)[1]
    offset = found.positions - points[nearest]
    offset -= (offset * along[nearest]).sum(axis=1, keepdims=True) * along[nearest]
    cosine = np.abs((found.directions * along[nearest]).sum(axis=1)).clip(0, 1)
    return np.linalg.norm(offset, axis=1), np.degrees(np.arccos(cosine))


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    raise SystemExit(main())
