"""Changes to annotations: every one is a step that is applied, remembered for undo and sent to its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions import notices
from scseg.actions.annotation import contrast
from scseg.actions.view import browsing

if TYPE_CHECKING:
    from scseg.annotations.annotation import Annotation
    from scseg.annotations.edits import Step
    from scseg.annotations.feature import Feature
    from scseg.annotations.storage.opening import OpenAnnotation
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def is_annotated(session: Session) -> bool:
    """Tell whether the tomogram in view has an annotation that may be changed now."""
    opened = session.active
    return opened is not None and opened.annotation is not None and session.drag is None


def read_only(session: Session) -> str:
    """Return why the annotation in view can only be looked at; nothing where it can be changed."""
    annotated = None if session.active is None else session.active.annotated
    return "" if annotated is None or not annotated.read_only else _only_looked_at(annotated)


def can_change(session: Session) -> bool:
    """Tell whether the tomogram in view has an annotation that is open for changes."""
    return is_annotated(session) and not read_only(session)


def can_draw(session: Session) -> bool:
    """Tell whether there is a feature that can be changed now."""
    return has_feature(session) and not read_only(session)


def has_feature(session: Session) -> bool:
    """Tell whether there is a feature to draw, and nothing that is being drawn."""
    return is_annotated(session) and chosen_feature(session) is not None


def chosen_feature(session: Session) -> Feature | None:
    """Return the feature that tools draw: the one last chosen, else the first."""
    return None if session.active is None else chosen_feature_of(session.active)


def chosen_feature_of(opened: OpenTomogram) -> Feature | None:
    """Return the feature of a tomogram that was chosen last, else its first."""
    features = opened.features
    return next(
        (each for each in features if each.id == opened.feature), next(iter(features), None)
    )


def current(session: Session) -> tuple[OpenTomogram, Annotation, Feature] | None:
    """Return what a command on the chosen feature works on; None where there is none."""
    opened, feature = session.active, chosen_feature(session)
    if opened is None or opened.annotation is None or feature is None:
        return None
    return opened, opened.annotation, feature


def attach(session: Session, opened: OpenTomogram, annotated: OpenAnnotation) -> None:
    """Give a tomogram its annotation, and tell the user what is odd about where it is kept."""
    opened.annotated, opened.trouble = annotated, ""
    contrast.restore(opened)
    for message in annotated.messages:
        session.notify_once("warning", message)


def replace_read_only(session: Session, opened: OpenTomogram, annotated: OpenAnnotation) -> None:
    """Go on with an annotation as it is now, in place of one that could only be seen."""
    before = opened.annotated
    if before is not None:
        notices.withdraw(session, before.messages)
        session.history.forget(before)
    # Of what is no longer there, nothing can be changed.
    opened.draft = opened.cropping = None
    attach(session, opened, annotated)
    if not annotated.read_only:
        session.notify(
            "info", f"{opened.name} is no longer open elsewhere: it can be annotated here now."
        )


def note_trouble(session: Session, opened: OpenTomogram, trouble: str) -> None:
    """Note why the annotation of a tomogram cannot be had."""
    opened.trouble = trouble
    session.notify("error", trouble)


def ask_for_feature(session: Session) -> None:
    """Tell a user who wants to annotate what is missing."""
    if session.active is not None and session.active.annotation is not None:
        session.notify("info", "Add a feature first: what you draw belongs to one.")


def apply_step(
    session: Session, opened: OpenTomogram, step: Step | None, *, undoable: bool = True
) -> None:
    """Make a change that was not made yet: apply it, save it, remember it for undo."""
    if step is not None and may_change(session, opened) and opened.annotated is not None:
        opened.annotated.apply(step)
        if undoable:
            session.history.push(opened.annotated, step)


def may_change(session: Session, opened: OpenTomogram) -> bool:
    """Tell whether the annotation may be changed now and later; where it may not, tell the user why."""
    trouble = opened.trouble
    if opened.moves_to is not None:
        trouble = f"The annotation is being copied to {opened.moves_to}: try again in a moment."
    if opened.annotated is not None and opened.annotated.read_only:
        trouble = _only_looked_at(opened.annotated)
    if trouble:
        session.notify("warning", trouble)
    if opened.annotated is None or trouble:
        return False
    opened.annotated.claimed = True
    return True


def step_annotated(session: Session, by: int) -> None:
    """Show the next (1) or previous (-1) slice on which the chosen feature is drawn or boxed."""
    found = current(session)
    if found is None:
        return
    opened, annotation, feature = found
    places = annotated_slices(annotation, feature)
    beyond = [z for z in places if (z - opened.z) * by > 0]
    if beyond:
        browsing.set_slice(session, min(beyond) if by > 0 else max(beyond))


def annotated_slices(annotation: Annotation, feature: Feature) -> list[int]:
    """Return the slices that have something of a feature, drawing or boxes, ascending."""
    boxes = {box[0] for box in annotation.boxes(feature.id)}
    return sorted(boxes.union(annotation.slices(feature.id)))


def _only_looked_at(annotated: OpenAnnotation) -> str:
    return " ".join(annotated.messages) or "This annotation can only be looked at."
