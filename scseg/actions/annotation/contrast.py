"""How slices are shown is kept with the annotation, so that it comes back with the tomogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.annotations import steps
from scseg.base.json_values import LARGEST_FLOAT, parse_json
from scseg.persistence.last_tomograms import contrast_record
from scseg.state.tomograms import Contrast

if TYPE_CHECKING:
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def restore(opened: OpenTomogram) -> None:
    """Show slices as they were kept, unless the user has chosen otherwise meanwhile."""
    kept = None if opened.annotation is None else _read(opened.annotation.contents.contrast)
    if kept is not None and opened.contrast == Contrast():
        opened.contrast = kept
    opened.contrast_kept = opened.contrast


def commit_all(session: Session) -> None:
    """Keep what was changed. Not a step of undo, and no file is begun for it: looking leaves none."""
    for opened in session.tomograms:
        # By identity: it is asked of hundreds of tomograms in every frame.
        if opened.contrast is not opened.contrast_kept and session.drag is None:
            commit(opened)


def commit(opened: OpenTomogram) -> None:
    """Keep how the slices of a tomogram are shown, now."""
    annotated = opened.annotated
    if annotated is None or annotated.read_only or opened.trouble or not opened.features:
        return
    step = steps.change_contrast(annotated.annotation.contents, contrast_record(opened.contrast))
    if step is not None:
        annotated.apply(step)
    opened.contrast_kept = opened.contrast


def _read(record: str) -> Contrast | None:
    """Return what a file keeps; None where that is nothing, or nothing that makes sense."""
    try:
        content = parse_json(record)
    except ValueError:
        return None
    usual = contrast_record(Contrast())
    if not isinstance(content, dict) or not content.keys() <= usual.keys():
        return None
    told = usual | content
    contrast = Contrast(
        minimum=told["minimum"],
        maximum=told["maximum"],
        auto=told["auto"],
        inverted=told["inverted"],
        interpolate=told["interpolate"],
    )
    limits = (contrast.minimum, contrast.maximum)
    switches = (contrast.auto, contrast.inverted, contrast.interpolate)
    numbers = all(isinstance(v, int | float) and abs(v) <= LARGEST_FLOAT for v in limits)
    return contrast if numbers and all(isinstance(v, bool) for v in switches) else None
