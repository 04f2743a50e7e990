"""Drawing: a drag of the pointer is one stroke, shown as it grows and one step of undo when it ends.

Positions are (y, x) in voxels of the slice, pixel centres on integers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions import annotation, annotation_features
from scseg.drawing.brush import paint
from scseg.labels import BACKGROUND
from scseg.session import Drag

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.session import Session


def begin(session: Session, at: Point, label: int) -> None:
    """Put the brush of the chosen feature down; label 0 erases."""
    opened = session.active
    if opened is None or session.drag is not None or not annotation.may_change(session, opened):
        return
    annotation_features.settle(session, opened)
    found = annotation.current(session)
    if found is None:
        annotation.ask_for_feature(session)
        return
    _, drawn, feature = found
    name = f"erase {feature.name}" if label == BACKGROUND else f"draw {feature.name}"
    stroke = drawn.begin_stroke(feature.id, opened.z, name)
    session.drag = Drag(opened, stroke, at, feature.brush_px, label)
    extend(session, at)


def extend(session: Session, at: Point) -> None:
    """Draw on to where the pointer is now."""
    drag = session.drag
    if drag is not None:
        stroke = drag.stroke
        stroke.touch(paint(stroke.values, drag.last, at, drag.radius, drag.label))
        drag.last = at


def end(session: Session) -> None:
    """Lift the brush: what was drawn is on its way to the disk when this returns."""
    drag = session.drag
    if drag is None:
        return
    session.drag = None
    step = drag.stroke.finish()
    if step is not None:
        annotation.keep(session, drag.opened, step)


def abort(session: Session) -> None:
    """Take back the stroke that is being drawn."""
    if session.drag is not None:
        session.drag.stroke.abort()
        session.drag = None
