"""A tomogram of the list whose file was moved: the user shows where it is, and its annotation follows."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.tomograms import closing, reopening, tomogram_list
from scseg.actions.tomograms.reading import loaded
from scseg.annotations.storage.relocate import copy_to_moved_tomogram, read_left_behind
from scseg.base.errors import ScsegError
from scseg.persistence.last_session import record_of_tomogram
from scseg.state.requests import FilesToOpen, Work
from scseg.state.tomograms import OpenTomogram

if TYPE_CHECKING:
    from scseg.actions.tomograms.reading import Loaded
    from scseg.annotations.storage.opening import OpenAnnotation
    from scseg.base.progress import Report
    from scseg.compute.messages import TomogramRef
    from scseg.datasets.tomogram import Tomogram
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.tomograms import MissingTomogram


def choose_moved(session: Session, row: OpenTomogram | MissingTomogram) -> None:
    """Ask where the file of a tomogram is now, then go on from there."""
    session.requests.append(_choose(session, row))


def _choose(session: Session, row: OpenTomogram | MissingTomogram) -> Workflow:
    title = f"Choose where {_path_of(row).name} is now"
    chosen: tuple[Path, ...] = yield FilesToOpen("tomogram", title)
    yield from follow_to(session, row, chosen[0])


def follow_to(session: Session, row: OpenTomogram | MissingTomogram, path: Path) -> Workflow:
    """Go on with a tomogram of the list from the file that its own was moved to, its annotation first.

    Raises:
        ScsegError: as `may_relink`.
    """
    path = path.absolute()
    signed = row.ref.signed if isinstance(row, OpenTomogram) else row.kept.signed
    moved: Loaded = yield Work(f"Opening {path.name}", partial(loaded, path, signed))
    tomogram, before = moved[0], _path_of(row)
    if tomogram.path == before:
        tomogram_list.add(session, *moved)
        return
    if row.moves_to is not None or not may_relink(session, row, *moved):
        return
    try:
        annotated = set_aside(session, row, tomogram.path)
        work = partial(_follow, annotated, before, tomogram)
        all_there: bool = yield Work(f"Relinking {before.name}", work)
        if annotated is not None:
            # Where it was, it need not be saved any more, nor may that be possible.
            annotated.saved_elsewhere = all_there
        relink(session, row, *moved)
    finally:
        row.moves_to = None


def _follow(annotated: OpenAnnotation | None, before: Path, tomogram: Tomogram, _: Report) -> bool:
    """Copy what is annotated to where a tomogram is now; tell whether all of it is there."""
    if annotated is not None:
        return copy_to_moved_tomogram(annotated.annotation.contents, tomogram.path)
    contents = read_left_behind(before, tomogram.shape)
    return contents is None or copy_to_moved_tomogram(contents, tomogram.path)


def check_moved(row: OpenTomogram | MissingTomogram, tomogram: Tomogram) -> None:
    """Make sure that a file can be the one that a row is about.

    Raises:
        ScsegError: its shape is another.
    """
    before = record_of_tomogram(row) if isinstance(row, OpenTomogram) else row.kept
    if before.shape not in (None, tomogram.shape):
        raise ScsegError(
            f"{tomogram.path} has {_size(tomogram.shape)} voxels, {before.path} had "
            f"{_size(before.shape)}: choose the file that was moved."
        )


def may_relink(
    session: Session, row: OpenTomogram | MissingTomogram, tomogram: Tomogram, ref: TomogramRef
) -> bool:
    """Tell whether a row is still there to go on from another file.

    Raises:
        ScsegError: that is another tomogram, as its shape tells, or it is open already, or the row is on its
            way to another file.
    """
    check_moved(row, tomogram)
    if row.moves_to not in (None, tomogram.path):
        raise ScsegError(
            f"{tomogram.path} comes too late: the tomogram goes on from {row.moves_to}."
        )
    other = reopening.row_of(session, ref.path)
    if isinstance(other, OpenTomogram) and other is not row:
        raise ScsegError(f"{ref.path} is open already: close one of the two.")
    return row in (*session.tomograms, *session.missing)


def set_aside(
    session: Session, row: OpenTomogram | MissingTomogram, path: Path
) -> OpenAnnotation | None:
    """Take the annotation of a row out of the hand while it follows its tomogram to `path`; return it."""
    row.moves_to = path
    if not isinstance(row, OpenTomogram) or row.annotated is None:
        return None
    closing.finish_edits(session, row)
    annotated, row.annotated = row.annotated, None
    session.history.forget(annotated)
    return annotated


def relink(
    session: Session, row: OpenTomogram | MissingTomogram, tomogram: Tomogram, ref: TomogramRef
) -> None:
    """Go on with a tomogram from the place that its file was moved to.

    Raises:
        ScsegError: that is another tomogram, as its shape tells, or it is open already.
    """
    if may_relink(session, row, tomogram, ref):
        session.active = reopening.put_in_place(session, row, tomogram, ref)
        session.settings = session.settings.opened(tomogram.path)


def _path_of(row: OpenTomogram | MissingTomogram) -> Path:
    return Path(row.ref.path if isinstance(row, OpenTomogram) else row.kept.path)


def _size(shape: tuple[int, int, int] | None) -> str:
    return " x ".join(map(str, (shape or ())[::-1]))
