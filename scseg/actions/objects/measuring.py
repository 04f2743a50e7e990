"""Measurements of the objects that are kept: made in a thread, shown as a table, written as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.actions import writing
from scseg.actions.objects import curating, finding
from scseg.actions.objects import source as sources
from scseg.base.formatting import counted
from scseg.base.progress import sub_report
from scseg.objects.feature_volume import whole_mask
from scseg.objects.measuring import OtherFeature, measure, write_table
from scseg.state.objects import DrawnSource, Measurements
from scseg.state.requests import Work

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.base.progress import Report
    from scseg.objects.measuring import Measured
    from scseg.state.objects import Source
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


def start(session: Session, opened: OpenTomogram) -> None:
    """Measure the objects that are kept, and how far each of them is from the other feature.

    Raises:
        ScsegError: that one is not there any more.
    """
    found, kept = opened.objects.found, opened.objects.kept
    if found is None or kept is None or obstacle(opened):
        return
    size, other = found.objects.voxel_size, other_of(opened)
    target = None if other is None else sources.feature_slices(opened, other)

    def run(report: Report) -> tuple[Measured, ...]:
        reference = None
        if target is not None:
            reference = OtherFeature(whole_mask(target, sub_report(report, 0.0, 0.1)), size)
        return tuple(measure(found.objects, kept, reference, sub_report(report, 0.1, 1.0)))

    def done(rows: tuple[Measured, ...]) -> None:
        if opened.objects.found is found:
            to = "" if other is None else sources.name_of(opened, other)
            labels = np.flatnonzero(kept)
            opened.objects.measured = Measurements(rows, labels, found.source, to)
            of = sources.name_of(opened, found.source)
            # The table may be below what is in view.
            session.notify("info", f"{counted(len(rows), 'object')} of {of} measured.")

    title = f"Measuring objects of {sources.name_of(opened, found.source)}"
    session.requests.append(finding.working(session, opened, Work(title, run), done))


def other_of(opened: OpenTomogram) -> Source | None:
    """Return what distances are measured to, as long as it is there."""
    other = opened.objects.other
    if isinstance(other, DrawnSource) and all(each.id != other.feature for each in opened.features):
        return None
    return other


def left(opened: OpenTomogram) -> NDArray[np.int64]:
    """Return the numbers of the measurements whose objects are still kept."""
    measured, kept = opened.objects.measured, opened.objects.kept
    if measured is None or kept is None:
        return np.empty(0, np.int64)
    return np.flatnonzero(kept[measured.labels])


def show(session: Session, opened: OpenTomogram, number: int) -> None:
    """Choose the object of a measurement, and bring it into view."""
    measured = opened.objects.measured
    if measured is not None:
        one = measured.rows[number]
        opened.objects.chosen = int(measured.labels[number])
        curating.bring_into_view(session, opened, (one.z, one.y, one.x))


def save(session: Session, opened: OpenTomogram) -> None:
    """Ask for a name, then write the table of the objects that are left as CSV."""
    measured = opened.objects.measured
    if measured is None:
        return
    rows = [(opened.name, measured.rows[number]) for number in left(opened).tolist()]

    def write(path: Path, _: Report) -> None:
        write_table(path, rows)

    proposed = sources.proposed_file(opened, measured.source, "_measured.csv")
    writing.ask(session, "Save measurements", proposed, write)
