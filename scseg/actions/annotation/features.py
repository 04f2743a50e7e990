"""The features of a tomogram: adding, choosing, changing, ordering, removing.

A slider that is being dragged, or a wheel that is being turned, makes a draft, which is shown at once and
becomes one step when the hand comes to rest.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions import notices
from scseg.actions.annotation import changes, cropping
from scseg.annotations import steps
from scseg.annotations.feature import LARGEST_BOX, LARGEST_BRUSH, LONGEST_NAME, Feature, next_colour

if TYPE_CHECKING:
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

REST_SECONDS = 0.4
SMALLEST_BRUSH = 0.5
BRUSH_STEP = 1.15


def add(session: Session, known: Feature | None = None) -> None:
    """Add a feature and choose it; `known` gives its name and looks, else it gets the next colour."""
    opened = session.active
    if opened is None or opened.annotation is None:
        return
    commit(session, opened)
    features = opened.annotation.contents.features
    colour = next_colour(features)
    name = f"Feature {len(features) + 1}"
    feature = Feature(name, colour) if known is None else known
    changes.apply_step(session, opened, steps.add_feature(opened.annotation.contents, feature))
    opened.feature = feature.id


def choose(opened: OpenTomogram, feature: Feature) -> None:
    opened.feature = feature.id


def step_feature(session: Session, by: int) -> None:
    """Choose the feature `by` places further down, staying in the list."""
    found = changes.current(session)
    if found is not None:
        opened, drawn, feature = found
        features = drawn.contents.features
        index = [each.id for each in features].index(feature.id) + by
        choose(opened, features[max(0, min(index, len(features) - 1))])


def edit(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Show a feature changed; it becomes a step when it rests."""
    if opened.draft is not None and opened.draft.id != feature.id:
        commit(session, opened)
    opened.draft = replace(
        feature,
        name=feature.name[:LONGEST_NAME],
        brush_px=max(SMALLEST_BRUSH, min(feature.brush_px, LARGEST_BRUSH)),
        alpha=max(0.0, min(feature.alpha, 1.0)),
        box_size=max(1, min(feature.box_size, LARGEST_BOX)),
    )
    opened.drafted = time.monotonic()


def commit(session: Session, opened: OpenTomogram) -> None:
    """Keep the draft, now: as a step, but for what is only its look."""
    draft, opened.draft = opened.draft, None
    if draft is None or opened.annotation is None:
        return
    contents = opened.annotation.contents
    if any(each.id == draft.id for each in contents.features):
        # A name that was wiped out stays what it was.
        old = contents.feature(draft.id)
        named = draft if draft.name else replace(draft, name=old.name)
        # Who wants a stroke undone does not want the brush of before it: its look is no step.
        look = steps.change_feature(contents, old.with_look_of(named))
        changes.apply_step(session, opened, look, undoable=False)
        changes.apply_step(session, opened, steps.change_feature(contents, named))


def commit_all(session: Session, *, rested: bool) -> None:
    """Make drafts steps, of those that are `rested` or every one; a stroke on its way comes first."""
    if session.drag is not None:
        return
    now = time.monotonic()
    for opened in session.tomograms:
        changing = opened.draft is not None or opened.cropping is not None
        if changing and not (rested and now - opened.drafted < REST_SECONDS):
            commit(session, opened)
            cropping.commit(session, opened)


def size_brush(session: Session, by: float) -> None:
    """Make the brush of the chosen feature larger or smaller by so many steps."""
    found = changes.current(session)
    if found is None:
        return
    opened, _, feature = found
    grown = feature.brush_px * BRUSH_STEP**by
    # Small brushes grow by half pixels, or a step would change nothing that is drawn.
    size = (
        feature.brush_px + by / 2 if abs(grown - feature.brush_px) < 0.5 else round(2 * grown) / 2
    )
    edit(session, opened, replace(feature, brush_px=size))


def move(session: Session, opened: OpenTomogram, feature: Feature, by: int) -> None:
    """Move a feature up (-1) or down (1) in the list."""
    if opened.annotation is not None:
        commit(session, opened)
        contents = opened.annotation.contents
        place = [each.id for each in contents.features].index(feature.id) + by
        changes.apply_step(session, opened, steps.move_feature(contents, feature.id, place))


def remove(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Remove a feature with its masks and boxes; undo brings all back."""
    if opened.annotation is not None:
        commit(session, opened)
        changes.apply_step(
            session, opened, steps.remove_feature(opened.annotation.contents, feature.id)
        )
        if all(each.id != feature.id for each in opened.features):
            notices.tell_removed(session, feature.name)
