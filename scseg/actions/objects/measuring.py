"""Measurements of the objects that are kept: made in a thread, shown as a table, written as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions import writing
from scseg.actions.objects import curating, finding
from scseg.actions.objects import source as sources
from scseg.base.progress import sub_report
from scseg.objects.feature_volume import whole_mask
from scseg.objects.measuring import OtherFeature, measure, write_table
from scseg.state.objects import DrawnSource, Measurements
from scseg.state.requests import Work

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.annotations.feature import Feature
    from scseg.base.progress import Report
    from scseg.objects.measuring import Measured
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def obstacle(opened: OpenTomogram) -> str:
    """Return why nothing can be measured now; nothing where it can."""
    kept = opened.objects.kept
    if opened.objects.at_work:
        return f"{opened.objects.at_work}…"
    if kept is None:
        return "Find objects first."
    return "" if kept.any() else "No object is left."


def start(session: Session, opened: OpenTomogram, other: Feature | None) -> None:
    """Measure the objects that are kept, and how far each of them is from another feature."""
    found, kept = opened.objects.found, opened.objects.kept
    if found is None or kept is None or obstacle(opened):
        return
    size = found.objects.voxel_size
    target = None if other is None else sources.feature_slices(opened, DrawnSource(other.id))

    def run(report: Report) -> tuple[Measured, ...]:
        reference = None
        if target is not None:
            reference = OtherFeature(whole_mask(target, sub_report(report, 0.0, 0.1)), size)
        return tuple(measure(found.objects, kept, reference, sub_report(report, 0.1, 1.0)))

    def done(rows: tuple[Measured, ...]) -> None:
        opened.objects.measured = Measurements(rows, found, "" if other is None else other.name)

    title = f"Measuring objects of {sources.name_of(opened, found.source)}"
    session.requests.append(finding.working(session, opened, Work(title, run), done))


def show(session: Session, opened: OpenTomogram, row: int) -> None:
    """Choose the object of a row of the table, and bring it into view."""
    measured = opened.objects.measured
    if measured is None:
        return
    one = measured.rows[row]
    opened.objects.chosen = label_of(measured, one)
    curating.bring_into_view(session, opened, (one.z, one.y, one.x))


def chosen_row(opened: OpenTomogram) -> int | None:
    """Return the row of the object that was chosen."""
    measured, chosen = opened.objects.measured, opened.objects.chosen
    if measured is None or not chosen:
        return None
    labels = (label_of(measured, one) for one in measured.rows)
    return next((row for row, label in enumerate(labels) if label == chosen), None)


def label_of(measured: Measurements, one: Measured) -> int:
    """Return the label that an object has here; in its file it may have another number."""
    names = measured.of.objects.names
    if names is None:
        return one.label
    return int(names.searchsorted(one.label))


def save(session: Session, opened: OpenTomogram) -> None:
    """Ask for a name, then write the table as CSV."""
    measured = opened.objects.measured
    if measured is None:
        return
    rows = [(opened.name, row) for row in measured.rows]

    def write(path: Path, _: Report) -> None:
        write_table(path, rows)

    proposed = sources.proposed_file(opened, measured.of.source, "_measured.csv")
    writing.ask(session, "Save measurements", proposed, write)
