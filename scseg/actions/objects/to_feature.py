"""Picks become annotation: boxes around them, or discs on the slices that each particle reaches."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scseg.actions.annotation import changes, known_names, long_changes
from scseg.actions.objects.picking import picks_of
from scseg.annotations import steps
from scseg.annotations.edits import Step
from scseg.annotations.feature import LARGEST_BOX, Feature, next_colour
from scseg.annotations.feature_names import free_name
from scseg.base.formatting import counted
from scseg.base.labels import BACKGROUND, FEATURE
from scseg.base.progress import Report, silent
from scseg.datasets.coordinates.grid import without_suffix

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

LARGER = 2.0
"""A box of a new feature is so many times as wide as the particle, which then is seen with what is around."""
SMALLEST_BOX = 32


@dataclass(frozen=True, eq=False)
class Discs:
    """Balls that are cut by slices: their middles, float64 (n, 3), and radii, both (z, y, x) in voxels."""

    middles: NDArray[np.float64]
    radii: tuple[float, float, float]

    def slices(self, depth: int) -> list[int]:
        """Return the slices that some ball reaches, ascending."""
        reach = self.radii[0]
        found: set[int] = set()
        for z in self.middles[:, 0].tolist():
            found.update(range(max(0, math.ceil(z - reach)), min(depth, math.floor(z + reach) + 1)))
        return sorted(found)

    def drawn_on(self, mask: NDArray[np.uint8], z: int) -> None:
        """Draw the discs of slice z into a mask (y, x), where nothing is drawn yet."""
        across = 1 - np.square((self.middles[:, 0] - z) / self.radii[0])
        for (_, y, x), part in zip(self.middles[across >= 0], across[across >= 0], strict=True):
            rows = _covered(y, self.radii[1] * math.sqrt(part), mask.shape[0])
            columns = _covered(x, self.radii[2] * math.sqrt(part), mask.shape[1])
            if not (rows.size and columns.size):
                continue
            inside = (
                np.square((rows[:, None] - y) / self.radii[1])
                + np.square((columns[None] - x) / self.radii[2])
            ) <= part
            here = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            here[inside & (here == BACKGROUND)] = FEATURE


def copy_as_boxes(session: Session, opened: OpenTomogram, feature: Feature | None) -> None:
    """Place a box on each pick that counts; without a feature, of a new one."""
    if opened.annotation is None:
        return
    contents, picked = opened.annotation.contents, picks_of(opened)
    target = feature or new_feature(session, opened)
    boxes = [(z, y, x) for z, y, x in np.rint(picked.kept.positions).astype(int).tolist()]
    then = partial(steps.change_boxes, feature_id=target.id, add=boxes)
    step = with_feature(contents, target, then)
    if step is None:
        session.notify("info", f"{target.name} has all of these boxes already.")
        return
    changes.apply_step(session, opened, step)
    opened.feature = target.id
    session.notify(
        "info",
        f"{counted(len(boxes), 'box')} placed for {target.name}: see them on the stage Segmentation.",
    )


def copy_as_discs(session: Session, opened: OpenTomogram, feature: Feature | None) -> None:
    """Draw each pick that counts as a ball, disc by disc; without a feature, of a new one."""
    if opened.annotation is None or not changes.may_change(session, opened):
        return
    contents = opened.annotation.contents.snapshot()
    target = feature or new_feature(session, opened)
    discs = discs_of(opened)

    def run(report: Report) -> Step | None:
        return with_feature(contents, target, lambda there: drawn(there, target, discs, report))

    opened.feature = target.id
    title = f"Drawing picks as {target.name}"
    session.requests.append(long_changes.change(session, opened, title, run))


def discs_of(opened: OpenTomogram) -> Discs:
    """Return the picks that count as balls of the particles' diameter; the least radius is half a voxel."""
    picked, size = picks_of(opened), opened.voxel_size or (1.0, 1.0, 1.0)
    z, y, x = (max(0.5, picked.diameter / 2 / each) for each in size)
    return Discs(picked.kept.positions, (z, y, x))


def new_feature(session: Session, opened: OpenTomogram) -> Feature:
    """Return a feature called after the picks, with boxes about twice as wide as the particles."""
    picked = picks_of(opened)
    names = known_names.names_in(opened)
    name = free_name(_particle_name(picked.of, opened), names)
    colour = known_names.known_looks(session).get(name)
    feature = Feature(
        name, colour or next_colour(opened.features, known_names.known_looks(session).values())
    )
    if picked.diameter and opened.apix:
        side = round(LARGER * picked.diameter / opened.apix / 2) * 2
        feature = replace(feature, box_size=max(SMALLEST_BOX, min(side, LARGEST_BOX)))
    return feature


def _particle_name(of: str, opened: OpenTomogram) -> str:
    """Return what picks are of, without the tomogram's name and suffixes: that of a file, or a feature."""
    name = without_suffix(of).removeprefix(opened.tomogram.path.stem).strip("_- ")
    return name or "Particles"


def drawn(
    contents: Contents, feature: Feature, discs: Discs, report: Report = silent
) -> Step | None:
    """Return the step that draws discs of a feature."""
    slices, masks = discs.slices(contents.shape[0]), {}
    for number, z in enumerate(slices):
        report(number / len(slices), f"Drawing on slice {z + 1}")
        masks[z] = contents.mask(feature.id, z)
        discs.drawn_on(masks[z], z)
    return steps.change_masks(contents, feature.id, masks, f"draw picks as {feature.name}")


def with_feature(
    contents: Contents, feature: Feature, then: Callable[[Contents], Step | None]
) -> Step | None:
    """Return one step that adds a feature, where it is not there yet, and changes it."""
    if contents.has_feature(feature.id):
        return then(contents)
    there, first = contents.snapshot(), steps.add_feature(contents, feature)
    there.apply(first)
    second = then(there)
    if second is None:
        return first
    return Step((*first.edits, *second.edits), second.label, second.z)


def _covered(middle: float, reach: float, length: int) -> NDArray[np.int64]:
    """Return the voxels along an axis whose middles lie within reach."""
    low, high = math.ceil(middle - reach), math.floor(middle + reach)
    return np.arange(max(0, low), min(length - 1, high) + 1)
