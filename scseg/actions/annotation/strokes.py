"""Drawing: a drag of the pointer is one stroke, shown as it grows and one step of undo when it ends.

Positions are (y, x) in voxels of the slice, pixel centres on integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.actions.annotation import changes, features, wrong_places
from scseg.annotations.brush_stroke import BrushStroke
from scseg.annotations.edits import Step
from scseg.base.labels import BACKGROUND, FEATURE
from scseg.drawing.brush import paint
from scseg.drawing.fill_brush import FillBrush, alike_greys, alike_under_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.base.rect import Rect
    from scseg.drawing.region import Point
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


@dataclass(frozen=True, eq=False)
class Look:
    """The slice as it is seen, float32 (y, x), and which of its values are black and white."""

    image: NDArray[np.float32]
    limits: tuple[float, float]


def begin(session: Session, at: Point, label: int, look: Look | None = None) -> None:
    """Put the brush of the chosen feature down; label 0 erases.

    With `look`, only what looks like the place under the pointer is painted.
    """
    opened = session.active
    if opened is None or session.drag is not None or not changes.may_change(session, opened):
        return
    features.commit(session, opened)
    found = changes.current(session)
    if found is None or opened.annotated is None:
        changes.ask_for_feature(session)
        return
    _, drawn, feature = found
    name = f"erase {feature.name}" if label == BACKGROUND else f"draw {feature.name}"
    stroke = drawn.begin_stroke(feature.id, opened.z, name)
    session.drag = BrushStroke(opened.annotated, stroke, at, feature.brush_px, label)
    session.drag.swept = wrong_places.swept_by(session, session.drag)
    if look is not None:
        session.drag.image = look.image
        session.drag.alike = _fill_brush(look, at, feature.brush_px, session.sensitivity)
    extend(session, at)


def extend(session: Session, at: Point) -> None:
    """Draw on to where the pointer is now."""
    drag = session.drag
    if drag is None:
        return
    drag.stroke.touch(_painted(drag, at, drag.stroke.values, drag.label))
    if drag.swept is not None:
        _painted(drag, at, drag.swept, FEATURE)
    drag.last = at


def end(session: Session) -> None:
    """Lift the brush: what was drawn is on its way to the disk when this returns."""
    drag = session.drag
    if drag is None:
        return
    session.drag = None
    annotated, step = drag.annotated, drag.stroke.finish()
    drawn = () if step is None else step.edits
    if step is not None:
        annotated.keep(step)
    beside = wrong_places.edits_after(annotated.annotation.contents, drag)
    if beside:
        annotated.apply(Step(beside, drag.stroke.label, drag.stroke.z))
    if drawn or beside:
        step = Step((*drawn, *beside), drag.stroke.label, drag.stroke.z)
        session.history.push(annotated, step)


def _painted(drag: BrushStroke, at: Point, values: NDArray[np.uint8], label: int) -> Rect:
    """Paint what the brush covers on its way to where the pointer is now; return what is touched."""
    if drag.image is None or drag.alike is None:
        return paint(values, drag.last, at, drag.radius, label)
    area = alike_under_path(drag.image, drag.last, at, drag.alike)
    return area.paint(values, label)


def end_on(session: Session, opened: OpenTomogram) -> None:
    """Lift the brush, if it is on this tomogram."""
    if session.drag is not None and session.drag.annotated is opened.annotated:
        end(session)


def _fill_brush(look: Look, at: Point, radius: float, sensitivity: float) -> FillBrush:
    return FillBrush(radius, *alike_greys(grey_around(look.image, at), look.limits, sensitivity))


def grey_around(image: NDArray[np.float32], at: Point) -> float:
    """Return the median of the 3 x 3 voxels around a position: a single one is mostly noise."""
    rows, columns = image.shape
    y = min(max(round(at[0]), 0), rows - 1)
    x = min(max(round(at[1]), 0), columns - 1)
    return float(np.median(image[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]))


def abort(session: Session) -> None:
    """Take back the stroke that is being drawn."""
    if session.drag is not None:
        session.drag.stroke.abort()
        session.drag = None
