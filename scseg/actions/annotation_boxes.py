"""Boxes: where training samples of a feature are taken, with or without something drawn in them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scseg.actions import annotation
from scseg.annotations import steps

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.session import Session


def place(session: Session, at: Point) -> None:
    """Place a box of the chosen feature around a position (y, x) on the slice in view."""
    found = annotation.current(session)
    if found is None:
        annotation.ask_for_feature(session)
        return
    opened, drawn, feature = found
    y, x = round(at[0]), round(at[1])
    _, rows, columns = opened.shape
    if 0 <= y < rows and 0 <= x < columns:
        box = (opened.z, y, x)
        annotation.take(session, opened, steps.change_boxes(drawn.contents, feature.id, add=[box]))


def remove_nearest(session: Session, at: Point) -> None:
    """Remove the box of the chosen feature on the slice in view whose centre is nearest."""
    found = annotation.current(session)
    if found is None:
        return
    opened, drawn, feature = found
    boxes = [box for box in drawn.boxes(feature.id) if box[0] == opened.z]
    if boxes:
        nearest = min(boxes, key=lambda box: math.dist(box[1:], at))
        step = steps.change_boxes(drawn.contents, feature.id, remove=[nearest])
        annotation.take(session, opened, step)
