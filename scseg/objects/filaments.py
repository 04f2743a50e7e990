"""Particles along filaments: smooth lines through the smoothed mask, and points at equal distances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.progress import Report, silent, sub_report
from scseg.objects.boxes import LabelBoxes
from scseg.objects.centring import SECTIONS, Tube
from scseg.objects.components import CONNECTIVITY
from scseg.objects.feature_volume import enough_memory
from scseg.objects.peaks import smoothed_slabs
from scseg.objects.picks import Picks
from scseg.objects.skeletons import length_of, ways_along

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.formats.volume import Triple
    from scseg.objects.feature_volume import FeatureSlices

    Points = NDArray[np.float64]

SHORTEST = 2.0
"""A filament is at least so many diameters long."""
_ROUNDS = 3
_BESIDE = 0.5
_ROUGH, _UNEVEN = 1.5, 0.15
"""How far, in voxels, a smooth line may be from the middles that it goes through."""


@dataclass(frozen=True, eq=False)
class Line:
    """A smooth line along a filament.

    Attributes:
        points: (n, 3), densely, in A from the middle of voxel 0, (z, y, x).
        directions: (n, 3), unit vectors.
        closed: it is a ring.
    """

    points: Points
    directions: Points
    closed: bool

    def at_spacing(self, spacing: float) -> tuple[Points, Points]:
        """Return points and directions `spacing` apart along the line; what is left over is at both ends."""
        steps = np.linalg.norm(np.diff(self.points, axis=0), axis=1)
        way = np.concatenate([[0.0], np.cumsum(steps)])
        count = int(way[-1] / spacing + 1e-9) + (not self.closed)
        places = np.arange(max(count, 1)) * spacing
        places += 0 if self.closed else (way[-1] - places[-1]) / 2
        points = np.stack([np.interp(places, way, axis) for axis in self.points.T], axis=1)
        along = np.stack([np.interp(places, way, axis) for axis in self.directions.T], axis=1)
        lengths = np.linalg.norm(along, axis=1, keepdims=True)
        # Where a line turns back within a step, nobody can tell where it goes.
        return points, along / np.where(lengths > 0, lengths, 1.0)


def pick_filaments(
    feature: FeatureSlices,
    diameter: float,
    spacing: float,
    voxel_size: Triple,
    report: Report = silent,
) -> Picks:
    """Return points along the filaments of a feature, in their order along each.

    Takes 3 bytes a voxel, and some 10 a voxel of the largest filament's box.

    Args:
        feature: what is picked.
        diameter: of a filament, in A.
        spacing: between points, in A.
        voxel_size: A, (z, y, x).
        report: is called for slabs of slices, then for each filament.

    Raises:
        ScsegError: the file is gone, or the memory does not suffice.
        CancelledError: from `report`.
    """
    with enough_memory(feature.volume.path):
        smooth = np.empty(feature.volume.shape, np.float16)
        smoothing = sub_report(report, 0.0, 0.5)
        for slab, inner, first in smoothed_slabs(feature, diameter, voxel_size, smoothing):
            smooth[first : first + inner.stop - inner.start] = slab[inner]
        lines = find_lines(
            smooth >= feature.threshold, diameter, voxel_size, sub_report(report, 0.5, 1.0)
        )
    return _picked(lines, spacing, smooth, voxel_size)


def find_lines(
    mask: NDArray[np.bool_], diameter: float, voxel_size: Triple, report: Report = silent
) -> list[Line]:
    """Return the lines along the filaments of a mask, bool (z, y, x), which are `diameter` (A) thick.

    Raises:
        CancelledError: from `report`.
    """
    import cc3d  # noqa: PLC0415 - nothing that does not need it should wait for it

    labels = cc3d.connected_components(mask, connectivity=CONNECTIVITY)
    boxes = LabelBoxes(labels)
    lines = []
    for label in range(1, len(boxes)):
        report(label / len(boxes), f"Filament {label} of {len(boxes) - 1}")
        box = boxes.around(label)
        sides = np.array([side.stop - side.start for side in box]) * np.asarray(voxel_size)
        if np.linalg.norm(sides) < SHORTEST * diameter:
            continue
        corner = np.array([side.start for side in box]) * np.asarray(voxel_size)
        mask_here = labels[box] == label
        faces = [(side.start == 0, side.stop == n) for side, n in zip(box, mask.shape, strict=True)]
        tube = Tube(mask_here, np.argwhere(mask_here), faces, diameter, np.asarray(voxel_size))
        found = lines_of(tube)
        lines += [Line(line.points + corner, line.directions, line.closed) for line in found]
    return lines


def lines_of(tube: Tube) -> list[Line]:
    """Return the lines of one object, from the corner of its box on."""
    diameter, voxel_size = tube.diameter, tube.voxel_size
    voxel = float(np.sqrt(np.square(voxel_size).mean()))
    ways = ways_along(tube.mask, voxel_size, diameter)
    ways = [way for way in ways if length_of(way) >= (SHORTEST - 1) * diameter]
    closed = [_is_ring(way, diameter, voxel_size) for way in ways]
    lines = [
        _extended(_spline(way if ring else _trimmed(way, diameter), ring, _ROUGH * voxel), tube)
        for way, ring in zip(ways, closed, strict=True)
    ]
    lines = _distinct(lines, diameter)
    for _ in range(_ROUNDS):
        middles = tube.middles([line.at_spacing(diameter / SECTIONS) for line in lines])
        lines = [
            _extended(_spline(points, line.closed, _UNEVEN * voxel), tube)
            if len(points) > 1
            else line
            for line, points in zip(lines, middles, strict=True)
        ]
    return [line for line in lines if length_of(line.points) >= SHORTEST * diameter]


def _distinct(lines: list[Line], diameter: float) -> list[Line]:
    """Return the lines without those that run along longer ones: skeletons fork where a face cuts askew."""
    from scipy.spatial import KDTree  # noqa: PLC0415

    kept: list[Line] = []
    for line in sorted(lines, key=lambda line: -length_of(line.points)):
        if kept:
            longer = KDTree(np.concatenate([each.points for each in kept]))
            far = longer.query(line.points)[0]
            if float((far < diameter / 2).mean()) > _BESIDE:
                continue
        kept.append(line)
    return kept


def _trimmed(way: Points, diameter: float) -> Points:
    """Return a way without its ends, where a skeleton runs into corners; of a short one, its middle half.

    Of one of a few points, nothing would be left: that stays whole.
    """
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    cut = min(diameter, along[-1] / 4)
    trimmed = way[(along >= cut) & (along <= along[-1] - cut)]
    return np.asarray(trimmed if len(trimmed) > 1 else way)


def _is_ring(way: Points, diameter: float, voxel_size: Points) -> bool:
    gap = np.linalg.norm(way[0] - way[-1])
    return bool(gap <= 2 * np.linalg.norm(voxel_size) and length_of(way) > 2 * diameter)


def _spline(points: Points, closed: bool, slack: float) -> Line:  # noqa: FBT001 - what a line is
    """Return a smooth line through some points, which it may miss by a part of a voxel."""
    from scipy.interpolate import splev, splprep  # noqa: PLC0415

    apart = np.linalg.norm(np.diff(points, axis=0), axis=1) > 0
    points = points[np.concatenate([[True], apart])]
    if len(points) < 2:
        return Line(points, np.tile([1.0, 0.0, 0.0], (len(points), 1)), closed=False)
    if closed:
        points = np.concatenate([points, points[:1]])
    degree = min(3, len(points) - 1)
    spline, _ = splprep(points.T, s=len(points) * slack**2, k=degree, per=closed and degree == 3)
    steps = np.linspace(0, 1, max(10, int(length_of(points) / slack)))
    along = np.stack(splev(steps, spline, der=1), axis=1)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    return Line(np.stack(splev(steps, spline), axis=1), along, closed)


def _extended(line: Line, tube: Tube) -> Line:
    """Return a line that goes on straight at its ends, as far as the mask reaches."""
    if line.closed or len(line.points) < 2:
        return line
    mask, voxel_size = tube.mask, tube.voxel_size
    points, directions = [line.points], [line.directions]
    step = float(voxel_size.min()) / 2
    back = min(len(line.points) - 1, int(2.0 * tube.diameter / step))
    for end, inner in ((0, back), (-1, -1 - back)):
        heading = line.points[end] - line.points[inner]
        heading /= max(float(np.linalg.norm(heading)), 1e-12)
        steps = np.arange(1, 2 + int(np.linalg.norm(mask.shape * voxel_size) / step))
        ahead = line.points[end] + steps[:, None] * heading * step
        voxels = np.rint(ahead / voxel_size).astype(np.int64)
        there = ((voxels >= 0) & (voxels < mask.shape)).all(axis=1)
        there[there] = mask[tuple(voxels[there].T)]
        more = ahead[: int(np.argmin(there))]
        along = np.tile(heading if end else -heading, (len(more), 1))
        points = [*points, more] if end else [more[::-1], *points]
        directions = [*directions, along] if end else [along, *directions]
    return Line(np.concatenate(points), np.concatenate(directions), closed=False)


def _picked(
    lines: list[Line], spacing: float, smooth: NDArray[np.float16], voxel_size: Triple
) -> Picks:
    sampled = [line.at_spacing(spacing) for line in lines]
    if not sampled:
        return Picks(np.empty((0, 3)), np.empty(0), np.empty((0, 3)), np.empty(0, np.int64))
    positions = np.concatenate([points for points, _ in sampled]) / np.asarray(voxel_size)
    directions = np.concatenate([along for _, along in sampled])
    filaments = np.repeat(np.arange(1, len(lines) + 1), [len(points) for points, _ in sampled])
    voxels = np.clip(np.rint(positions).astype(np.int64), 0, np.asarray(smooth.shape) - 1)
    scores = smooth[tuple(voxels.T)].astype(np.float64)
    return Picks(positions, scores, directions, filaments)
