"""Changes to annotations that take long to find out: in a thread, from the annotation as it was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions.annotation import changes, strokes
from scseg.state.requests import Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.annotations.edits import Step
    from scseg.base.progress import Report
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def change(
    session: Session, opened: OpenTomogram, title: str, run: Callable[[Report], Step | None]
) -> Workflow:
    """Find out a change by long work, then make it; a stroke on its way comes first."""
    step: Step | None = yield Work(title, run)
    if opened not in session.tomograms:
        sentence = f"{opened.name} was closed before this ended, and is as it was: {title}."
        session.notify("warning", sentence)
        return
    strokes.end_on(session, opened)
    changes.apply_step(session, opened, step)
