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
from scseg.actions.annotation.known_names import is_unnamed, known_looks, unnamed
from scseg.annotations import steps
from scseg.annotations.feature import LARGEST_BOX, LARGEST_BRUSH, LONGEST_NAME, Feature, next_colour
from scseg.annotations.feature_names import name_of, told_apart

if TYPE_CHECKING:
    from scseg.annotations.contents import Contents
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

REST_SECONDS = 0.4
SMALLEST_BRUSH = 0.5
BRUSH_STEP = 1.15


def add(session: Session, known: Feature | None = None) -> None:
    """Add a feature and choose it; `known` gives its name and looks, else it gets the next colour.

    With a name that features have elsewhere it takes their colour. One that is there already is chosen.
    """
    opened = session.active
    if opened is None or opened.annotation is None:
        return
    commit(session, opened)
    looks = known_looks(session)
    there = [each for each in opened.features if known is not None and each.name == known.name]
    if there:
        choose(opened, there[0])
        session.notify("info", f"There is a feature {there[0].name} already: it is chosen now.")
        return
    colour = next_colour(opened.features, looks.values())
    feature = known or Feature(unnamed(opened), colour)
    feature = replace(feature, colour=looks.get(feature.name, feature.colour))
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


def edit(
    session: Session, opened: OpenTomogram, feature: Feature, typed: str | None = None
) -> None:
    """Show a feature changed; it becomes a step when it rests.

    What is `typed` for its name may be anything. With none, or that of another feature, which
    `why_not_called` tells, it is called as before.
    """
    if opened.annotation is None or not opened.annotation.contents.has_feature(feature.id):
        return
    if opened.draft is not None and opened.draft.id != feature.id:
        commit(session, opened)
    name = feature.name if typed is None else typed
    opened.draft = replace(
        feature,
        name=_name_to_keep(opened.annotation.contents, feature, name),
        brush_px=max(SMALLEST_BRUSH, min(feature.brush_px, LARGEST_BRUSH)),
        alpha=max(0.0, min(feature.alpha, 1.0)),
        box_size=max(1, min(feature.box_size, LARGEST_BOX)),
    )
    opened.drafted = time.monotonic()


def _name_to_keep(contents: Contents, feature: Feature, typed: str) -> str:
    """Return what a feature is to be called in the file: as before, where there is no other name for it.

    One that is told apart from another by a number keeps its name until it is given a new one.
    """
    taken = {each.name for each in told_apart(contents.features)}
    name = typed[:LONGEST_NAME]
    return name if name and name not in taken else contents.feature(feature.id).name


def why_not_called(opened: OpenTomogram, feature: Feature, name: str) -> str:
    """Return why a feature cannot have a name; nothing where it can."""
    others = {each.name for each in opened.features if each.id != feature.id}
    if name[:LONGEST_NAME] not in others:
        return ""
    return f"{opened.name} has a feature {name[:LONGEST_NAME]} already: choose another name."


def refuse_name(session: Session, opened: OpenTomogram, feature: Feature, name: str) -> None:
    """Tell the user, who has typed a name, where the feature cannot have it."""
    trouble = why_not_called(opened, feature, name)
    if trouble and opened.annotation is not None:
        before = name_of(opened.annotation.contents, feature.id)
        session.notify("warning", f"{trouble} This one is still called {before}.")


def hold(opened: OpenTomogram) -> None:
    """Let a draft rest no earlier than from now on: more is being typed."""
    opened.drafted = time.monotonic()


def call(session: Session, opened: OpenTomogram, feature: Feature, name: str) -> None:
    """Give a feature a name that is known, and its colour, as one step."""
    if why_not_called(opened, feature, name):
        refuse_name(session, opened, feature, name)
        return
    colour = known_looks(session).get(name, feature.colour)
    commit(session, opened)
    edit(session, opened, replace(feature, name=name, colour=colour))
    commit(session, opened)


def commit(session: Session, opened: OpenTomogram) -> None:
    """Keep the draft, now: as a step, but for what is only its look."""
    draft, opened.draft = opened.draft, None
    if draft is None or opened.annotation is None:
        return
    contents = opened.annotation.contents
    if contents.has_feature(draft.id):
        old = contents.feature(draft.id)
        named = _coloured(session, old, draft)
        # Who wants a stroke undone does not want the brush of before it: its look is no step.
        look = steps.change_feature(contents, old.with_look_of(named))
        changes.apply_step(session, opened, look, undoable=False)
        changes.apply_step(session, opened, steps.change_feature(contents, named))


def _coloured(session: Session, old: Feature, named: Feature) -> Feature:
    """Return a feature in the colour that its new name has elsewhere, if it had no name and keeps its own."""
    chosen = named.colour != old.colour or not is_unnamed(old.name)
    if chosen or named.name == old.name:
        return named
    return replace(named, colour=known_looks(session).get(named.name, named.colour))


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
