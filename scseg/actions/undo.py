"""Undo and redo, of whatever was changed last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions.annotation import features
from scseg.actions.models import interactions
from scseg.actions.tomograms import tomogram_list
from scseg.actions.view import browsing, view
from scseg.annotations.edits import Step
from scseg.annotations.steps import with_current_looks
from scseg.annotations.storage.opening import OpenAnnotation
from scseg.base.history import Entry
from scseg.state.models import ModelsEdit
from scseg.state.notices import Notice
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from scseg.state.session import Session


def can_undo(session: Session) -> bool:
    return session.drag is None and session.history.undoable is not None


def can_redo(session: Session) -> bool:
    return session.drag is None and session.history.redoable is not None


def undo(session: Session) -> None:
    """Take back the latest change, show where it was, and tell what it was."""
    features.commit_all(session, rested=False)
    interactions.commit(session)
    if can_undo(session) and not _removes_one_in_training(session, session.history.undoable, -1):
        _make(session, session.history.undo(), "Undone")


def redo(session: Session) -> None:
    """Make the change anew that was taken back last, show where it is, and tell what it is."""
    features.commit_all(session, rested=False)
    interactions.commit(session)
    if can_redo(session) and not _removes_one_in_training(session, session.history.redoable, 1):
        _make(session, session.history.redo(), "Redone")


def _removes_one_in_training(
    session: Session, entry: Entry[OpenAnnotation | None, Step | ModelsEdit] | None, direction: int
) -> bool:
    """Tell, the user too, whether a step would take a model away that is being trained."""
    match entry:
        case Entry(step=ModelsEdit(before=before, after=after)):
            gone, left = (before, after)[::direction]
            left_there = {model for model, _ in left}
            for model, _ in gone:
                if model.run is not None and model not in left_there:
                    sentence = f"{model.display.name} is being trained: stop that first."
                    session.feedback = Notice("warning", sentence)
                    return True
    return False


def _make(
    session: Session, entry: Entry[OpenAnnotation | None, Step | ModelsEdit] | None, told: str
) -> None:
    match entry:
        case Entry(step=ModelsEdit(label=label) as edit):
            interactions.restore(session, edit)
            view.set_stage(session, Stage.MODELS)
            session.feedback = Notice("info", f"{told}: {label}")
        case Entry(owner=OpenAnnotation() as annotated, step=Step() as step):
            annotated.apply(with_current_looks(annotated.annotation.contents, step))
            changed = next(each for each in session.tomograms if each.annotated is annotated)
            tomogram_list.activate(session, changed)
            if step.z is not None:
                browsing.set_slice(session, step.z)
            session.feedback = Notice("info", f"{told}: {step.label}")
