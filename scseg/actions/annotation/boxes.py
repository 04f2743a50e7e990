"""Boxes: where training samples of a feature are taken, with or without something drawn in them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scseg.actions.annotation import changes
from scseg.annotations import steps
from scseg.base.formatting import counted
from scseg.base.labels import BACKGROUND, FEATURE
from scseg.drawing.auto_boxes import boxes_along, moved_in, negative_boxes, occupied_with

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.annotations.feature import Feature
    from scseg.base.rect import Rect
    from scseg.drawing.region import Point
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def place(session: Session, at: Point) -> None:
    """Place a box of the chosen feature around a position (y, x) on the slice in view."""
    found = changes.current(session)
    if found is None:
        changes.ask_for_feature(session)
        return
    opened, drawn, feature = found
    y, x = round(at[0]), round(at[1])
    _, rows, columns = opened.shape
    if 0 <= y < rows and 0 <= x < columns:
        box = (opened.z, y, x)
        changes.apply_step(
            session, opened, steps.change_boxes(drawn.contents, feature.id, add=[box])
        )


def remove_nearest(session: Session, at: Point) -> None:
    """Remove the box of the chosen feature on the slice in view whose centre is nearest."""
    found = changes.current(session)
    if found is None:
        return
    opened, drawn, feature = found
    boxes = [box for box in drawn.boxes(feature.id) if box[0] == opened.z]
    if boxes:
        nearest = min(boxes, key=lambda box: math.dist(box[1:], at))
        step = steps.change_boxes(drawn.contents, feature.id, remove=[nearest])
        changes.apply_step(session, opened, step)


def place_along(session: Session, opened: OpenTomogram, feature: Feature, spacing: float) -> None:
    """Place boxes along what is drawn of a feature on the slice in view, `spacing` voxels apart."""
    if opened.annotation is None:
        return
    contents = opened.annotation.contents
    drawn = moved_in(contents.mask(feature.id, opened.z) == FEATURE, feature.box_size)
    found = boxes_along(drawn, spacing, _centres(contents, feature, opened.z))
    _add(session, opened, feature, found)
    if not len(found):
        session.notify("info", f"Nothing of {feature.name} on this slice is without a box.")


def place_negatives(
    session: Session, opened: OpenTomogram, feature: Feature, count: int, view: Rect
) -> None:
    """Place boxes at random where no feature is drawn or boxed on the slice in view, within `view`.

    On membranes, boxes of Background would teach that membranes are background.
    """
    if opened.annotation is None:
        return
    contents = opened.annotation.contents
    # The boxes that there are make the seed, so that asking again gives others.
    seed = len(_centres(contents, feature, opened.z))
    found = negative_boxes(_occupied(contents, opened.z), view, feature.box_size, count, seed)
    _add(session, opened, feature, found)
    if len(found) < count:
        session.notify(
            "info",
            f"There was room for {len(found)} of {counted(count, 'box')} in the view: make them smaller, or "
            "go to another slice.",
        )


def _occupied(contents: Contents, z: int) -> NDArray[np.bool_]:
    """Return what is drawn or boxed of any feature on a slice, bool (y, x)."""
    occupied = np.zeros(contents.shape[1:], np.bool_)
    for each in contents.features:
        occupied |= contents.mask(each.id, z) != BACKGROUND
        occupied = occupied_with(_centres(contents, each, z), each.box_size, occupied)
    return occupied


def _centres(contents: Contents, feature: Feature, z: int) -> NDArray[np.int64]:
    points = contents.boxes.get((feature.id, z), frozenset())
    return np.array(sorted(points), np.int64).reshape(-1, 2)


def _add(
    session: Session, opened: OpenTomogram, feature: Feature, centres: NDArray[np.int64]
) -> None:
    if opened.annotation is not None:
        boxes = [(opened.z, y, x) for y, x in centres.tolist()]
        step = steps.change_boxes(opened.annotation.contents, feature.id, add=boxes)
        changes.apply_step(session, opened, step)
