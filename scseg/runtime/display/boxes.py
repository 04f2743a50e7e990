"""Boxes on the slice in view: of features, of the training set to be made, of a place to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.actions.models import advice, checks
from scseg.actions.training import new_set
from scseg.annotations.training_boxes import samples_on_slice
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.drawing.region import Point
    from scseg.runtime.on_screen import SliceOnScreen
    from scseg.state.models import Colour
    from scseg.state.session import Session

TRAINING_SET = "Create a training dataset"
"""The header of the panel; while that is shut its boxes are not drawn."""

GREEN: Colour = (0.13, 0.75, 0.25)
RED: Colour = (0.82, 0.13, 0.13)
DOUBTFUL: Colour = (1.0, 0.8, 0.2)


@dataclass(frozen=True)
class DrawnBox:
    """A square between two corners (y, x) in voxels, `low` the one with the smaller numbers."""

    low: Point
    high: Point
    colour: Colour


def on_slice(session: Session, shown: SliceOnScreen) -> Iterator[DrawnBox]:
    """Return all boxes that are drawn on the slice in view."""
    if session.stage == Stage.SEGMENTATION:
        yield from of_features(shown)
    yield from of_training_set(session, shown)
    yield from of_advice(session, shown)
    yield from of_check(session, shown)


def of_features(shown: SliceOnScreen) -> Iterator[DrawnBox]:
    """Return the boxes of all features that show theirs."""
    opened, z = shown.opened, shown.image.key.z
    if opened.annotation is None:
        return
    for feature in opened.features:
        points = opened.annotation.contents.boxes.get((feature.id, z), frozenset())
        if feature.show and not feature.hide_boxes:
            for point in points:
                yield _square(point, feature.box_size, feature.colour)


def of_training_set(session: Session, shown: SliceOnScreen) -> Iterator[DrawnBox]:
    """Return the boxes that will be cut out: green where they hold the feature, else red."""
    opened, z = shown.opened, shown.image.key.z
    in_sight = session.stage == Stage.MODELS and TRAINING_SET not in session.panels.shut
    if not in_sight or opened.annotation is None or not new_set.is_ticked(session, opened):
        return
    grid = new_set.grid(session, opened)
    for sample in samples_on_slice(opened.annotation.contents, session.set_plan.choices, grid, z):
        (top, bottom), (left, right) = grid.edges(sample.box.y), grid.edges(sample.box.x)
        yield DrawnBox((top, left), (bottom, right), GREEN if sample.positive else RED)


def of_advice(session: Session, shown: SliceOnScreen) -> Iterator[DrawnBox]:
    """Return the box of the place that was chosen from those where models are in doubt."""
    found = advice.current(session)
    if found is None or found.shown is None or shown.opened is not session.active:
        return
    if shown.image.key.z == found.shown.z:
        yield _square((found.shown.y, found.shown.x), found.box_size, DOUBTFUL)


def of_check(session: Session, shown: SliceOnScreen) -> Iterator[DrawnBox]:
    """Return the box that was chosen from those of a check, while the stage of models is in front."""
    for model in session.models if session.stage == Stage.MODELS else ():
        checked = checks.current(model)
        if checked is None or checked.shown is None:
            continue
        z, y, x = checked.found.boxes.positions[checked.shown].tolist()
        opened = checks.tomogram_with(session, checked, checked.shown)
        if opened is shown.opened and z == shown.image.key.z:
            yield _square((y, x), checks.side(checked, checked.shown), DOUBTFUL)


def _square(middle: Point, side: int, colour: Colour) -> DrawnBox:
    # Edges of pixels lie half a pixel before their centres.
    y, x = (place - (side // 2 + 0.5) for place in middle)
    return DrawnBox((y, x), (y + side, x + side), colour)
