"""Objects of a feature: found in a thread, kept by size, written as labels."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from scseg.actions import writing
from scseg.actions.objects import source as sources
from scseg.base.progress import sub_report
from scseg.objects.components import find_objects, named_objects
from scseg.objects.feature_volume import enough_memory, whole_labels, whole_mask
from scseg.objects.label_files import write_objects
from scseg.state.objects import DrawnSource, FoundObjects, VolumeSource
from scseg.state.requests import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scseg.annotations.packed_masks import PackedMask
    from scseg.base.progress import Report
    from scseg.objects.components import Objects
    from scseg.objects.feature_volume import FeatureSlices
    from scseg.state.objects import Finding, Keeping, Source
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

Result = TypeVar("Result")

MOST_BYTES = 2 << 30
"""Of the objects of all tomograms."""
NO_SIZE = "Give the pixel size under the list of tomograms first: sizes need it."


def obstacle(opened: OpenTomogram) -> str:
    """Return why nothing can be found now; nothing where it can."""
    source = sources.current(opened)
    if opened.objects.at_work:
        return f"{opened.objects.at_work}…"
    if source is None:
        return "Choose a source first."
    if isinstance(source, DrawnSource) and not sources.drawn_masks(opened, source.feature):
        return "Nothing is drawn of this feature: draw it, or choose a volume."
    return NO_SIZE if opened.voxel_size is None else ""


def find(session: Session, opened: OpenTomogram) -> None:
    """Find the objects of the chosen source.

    Raises:
        ScsegError: the values of a volume cannot mean what was said.
    """
    source = sources.current(opened)
    if source is None or obstacle(opened):
        return
    finding, drawn = opened.objects.finding, drawn_of(opened, source)
    run = _finder(opened, source, finding)

    def done(objects: Objects) -> None:
        opened.objects.found = FoundObjects(objects, source, finding, drawn)
        opened.objects.chosen, opened.objects.measured = 0, None
        _make_room(session, opened)

    title = f"Finding objects of {sources.name_of(opened, source)}"
    session.requests.append(working(session, opened, Work(title, run), done))


def is_stale(opened: OpenTomogram) -> bool:
    """Tell whether the objects are not those of what is chosen and drawn now."""
    found, source = opened.objects.found, sources.current(opened)
    return found is not None and (
        found.source != source
        or found.finding != opened.objects.finding
        or found.objects.voxel_size != opened.voxel_size
        or (source is not None and found.drawn != drawn_of(opened, source))
    )


def drawn_of(opened: OpenTomogram, source: Source) -> tuple[PackedMask, ...]:
    """Return the masks that a source is drawn as now; none of a volume."""
    return sources.drawn_masks(opened, source.feature) if isinstance(source, DrawnSource) else ()


def set_finding(opened: OpenTomogram, finding: Finding) -> None:
    opened.objects.finding = finding


def set_keeping(opened: OpenTomogram, keeping: Keeping) -> None:
    """Choose which objects stay; that is seen with the next frame."""
    opened.objects.keeping = keeping


def set_alpha(opened: OpenTomogram, alpha: float) -> None:
    opened.objects.alpha = alpha


def save_labels(session: Session, opened: OpenTomogram) -> None:
    """Ask for a name, then write the objects that are kept as a volume of labels."""
    found, kept = opened.objects.found, opened.objects.kept
    if found is None or kept is None:
        return
    like = opened.as_told

    def write(path: Path, report: Report) -> None:
        write_objects(path, like, found.objects, kept, report)

    proposed = sources.proposed_file(opened, found.source, "_objects.mrc")
    writing.ask(session, "Save objects as a volume of labels", proposed, write)


def working(
    session: Session,
    opened: OpenTomogram,
    work: Work[Result],
    done: Callable[[Result], None],
) -> Workflow:
    """Do one work at a time for a tomogram; what comes of one that was closed meanwhile is dropped."""
    if opened.objects.at_work:
        return
    with _at_work(opened, work.title):
        result: Result = yield work
    if opened in session.tomograms:
        done(result)


def _make_room(session: Session, opened: OpenTomogram) -> None:
    """Give back the objects of other tomograms where all together take too much memory."""
    room = MOST_BYTES - (0 if opened.objects.found is None else _nbytes(opened.objects.found))
    for each in session.tomograms:
        if each is opened or each.objects.found is None:
            continue
        room -= _nbytes(each.objects.found)
        if room < 0:
            each.objects.found = each.objects.measured = None


def _nbytes(found: FoundObjects) -> int:
    return found.objects.labels.nbytes


@contextmanager
def _at_work(opened: OpenTomogram, what: str) -> Iterator[None]:
    opened.objects.at_work = what
    try:
        yield
    finally:
        opened.objects.at_work = ""


def _finder(opened: OpenTomogram, source: Source, finding: Finding) -> Callable[[Report], Objects]:
    """Return what finds objects in a thread."""
    size = opened.voxel_size or (1.0, 1.0, 1.0)
    if isinstance(source, VolumeSource) and source.are_objects:
        volume = source.volume

        def number(report: Report) -> Objects:
            with enough_memory(volume.path):
                return named_objects(whole_labels(volume, report), size)

        return number
    feature: FeatureSlices = sources.feature_slices(opened, source)

    def run(report: Report) -> Objects:
        with enough_memory(feature.volume.path):
            return find_objects(
                whole_mask(feature, sub_report(report, 0.0, 0.4)),
                size,
                fill_holes=finding.fill_holes,
                split=finding.split,
                report=sub_report(report, 0.4, 1.0),
            )

    return run
