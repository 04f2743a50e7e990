"""What came of the checks of models: the best threshold, and boxes to go to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions import writing
from scseg.actions.models import files, model_list
from scseg.actions.view import browsing, view
from scseg.base.file_names import fit_file_name
from scseg.compute.check_tables import write_check_table
from scseg.datasets.resampling import step_between
from scseg.models.description import safe_name

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.base.progress import Report
    from scseg.state.checks import CheckedModel, Drawn
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

BOX_POINTS = 180.0
"""A box is shown so large on the screen."""


def current(model: Model) -> CheckedModel | None:
    """Return what is known of a model as it is now."""
    found = model.checked
    if found is None or model.ref is None or model.ref.weights_sha256 != found.weights_sha256:
        return None
    return found


def best_threshold(model: Model) -> float | None:
    """Return the threshold of the highest Dice; None where that is not known."""
    found = current(model)
    return None if found is None else found.found.best


def use_best(model: Model) -> None:
    """Let the mask of a model be that of the best threshold."""
    best = best_threshold(model)
    if best is not None:
        model_list.set_display(model, replace(model.display, threshold=best))


def drawn(session: Session, checked: CheckedModel) -> Drawn | None:
    """Return the annotation that a model was held against, as it is now; if it is not open, as it was."""
    opened = None if checked.tomogram is None else session.tomogram_of(checked.tomogram)
    annotation = None if opened is None else opened.annotation
    return checked.drawn if annotation is None else (annotation, annotation.revision)


def is_stale(session: Session, checked: CheckedModel) -> bool:
    """Tell whether the annotation that a model was held against may have changed since."""
    return drawn(session, checked) != checked.drawn


def rows(session: Session, checked: CheckedModel) -> list[int]:
    """Return the numbers of the boxes that are left, those first that disagree most with the model.

    Those of a set are all left, those of an annotation as long as they are there.
    """
    found = checked.found
    numbers: list[int] = found.worst_first.tolist()
    opened = None if checked.tomogram is None else session.tomogram_of(checked.tomogram)
    if opened is None or opened.annotation is None:
        return numbers
    there = {
        (z, *point)
        for (_, z), points in opened.annotation.contents.boxes.items()
        for point in points
    }
    positions = [tuple(place) for place in found.boxes.positions.tolist()]
    return [number for number in numbers if positions[number] in there]


def tomogram_with(session: Session, checked: CheckedModel, number: int) -> OpenTomogram | None:
    """Return the open tomogram that a box is in; that of a set by its name, the one in view before others."""
    if checked.tomogram is not None:
        return session.tomogram_of(checked.tomogram)
    boxes = checked.found.boxes
    name, place = boxes.sources[boxes.origins[number]].tomogram, boxes.positions[number]
    named = [each for each in session.tomograms if each.name == name and (place < each.shape).all()]
    return session.active if session.active in named else next(iter(named), None)


def show(session: Session, model: Model, number: int) -> None:
    """Go to a box, centre it and draw its outline."""
    checked = model.checked
    if checked is None:
        return
    opened = tomogram_with(session, checked, number)
    boxes = checked.found.boxes
    if opened is None:
        name = boxes.sources[boxes.origins[number]].tomogram
        session.notify("info", f"This box is in {name}, which is not open: open it first.")
        return
    for other in session.models:
        if other.checked is not None:
            other.checked = replace(other.checked, shown=None)
    model.checked = replace(checked, shown=number)
    session.active = opened
    z, y, x = boxes.positions[number].tolist()
    browsing.set_slice(session, z)
    zoom = BOX_POINTS / side(checked, number)
    view.set_view(opened, replace(opened.view, x=x, y=y, zoom=zoom, fit=False))


def side(checked: CheckedModel, number: int) -> int:
    """Return how wide a box is in the pixels of its tomogram."""
    boxes = checked.found.boxes
    native = boxes.sources[boxes.origins[number]].apix
    return max(1, round(boxes.box_size * step_between(native, boxes.apix)))


def save_table(session: Session, model: Model) -> None:
    """Ask for a name, then write the table of all boxes as CSV."""
    checked = model.checked
    if checked is None:
        return

    def write(path: Path, _: Report) -> None:
        write_check_table(checked.found, path)

    proposed = files.folder(model) / fit_file_name(safe_name(model.display.name), "_boxes.csv")
    writing.ask(session, "Save the table of boxes", proposed, write)
