"""The same tomogram opened anew: where its file was moved to, with another sign, in the next session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.models import model_list
from scseg.actions.tomograms import closing
from scseg.actions.training import new_set
from scseg.actions.view import view
from scseg.base.errors import ScsegError
from scseg.models import unsaved
from scseg.persistence.last_session import kept
from scseg.state.models import Away, Model
from scseg.state.requests import ChooseMoved, OpenPaths
from scseg.state.tomograms import Absent, OpenTomogram

if TYPE_CHECKING:
    from scseg.annotations.storage.opening import Opened
    from scseg.compute.messages import TomogramRef
    from scseg.datasets.tomogram import Tomogram
    from scseg.persistence.last_models import KeptModel
    from scseg.persistence.last_session import LastSession
    from scseg.state.models import Weights
    from scseg.state.session import Session

WAITS = "waits to be opened"


def reopen(opened: OpenTomogram, tomogram: Tomogram, ref: TomogramRef) -> bool:
    """Take in the same file read anew, keeping what belongs to it; return whether its shape allows that."""
    if tomogram.shape != opened.shape:
        return False
    if ref.signed != opened.ref.signed:
        # Values read with another sign have other limits.
        opened.contrast = replace(opened.contrast, auto=True)
    opened.tomogram, opened.ref = tomogram, replace(ref, apix=opened.ref.apix)
    opened.vanished = False
    return True


def put_in_place(
    session: Session, row: OpenTomogram | Absent, tomogram: Tomogram, ref: TomogramRef
) -> OpenTomogram:
    """Replace a row by a tomogram with what the user had set there, where it makes sense."""
    before = kept(row) if isinstance(row, OpenTomogram) else row.kept
    opened = OpenTomogram(
        tomogram,
        replace(ref, apix=before.apix),
        z=tomogram.shape[0] // 2,
        apix_asked=before.apix_asked,
        filters=before.filters,
        feature=before.feature,
    )
    if opened.shape == before.shape:
        opened.z = max(0, min(before.z, opened.shape[0] - 1))
        view.set_view(opened, before.view)
        opened.contrast, opened.filters = before.contrast, before.filters
    place = len(session.tomograms)
    if isinstance(row, OpenTomogram):
        place = session.tomograms.index(row)
    closing.close_tomogram(session, row)
    session.tomograms.insert(place, opened)
    if session.active is row:
        session.active = opened
    return opened


def take_up(session: Session, last: LastSession) -> None:
    """Go on with the last session; its tomograms stand in the list before they are open."""
    session.absent = [Absent(each, WAITS) for each in last.tomograms]
    session.overlays, session.listing, session.tool = last.overlays, last.listing, last.tool
    session.panels = last.panels
    new_set.set_plan(session, last.set_plan)


def restore(session: Session, absent: Absent, tomogram: Tomogram, ref: TomogramRef) -> None:
    """Open a tomogram of the last session, unless its row was closed in the meantime."""
    if absent in session.absent:
        opened = put_in_place(session, absent, tomogram, ref)
        session.active = session.active or opened


def restore_model(session: Session, kept: KeptModel) -> Model:
    """Put a model of the last session into the list again; what it has learnt is to be read."""
    model = Model(kept.display, kept.plan)
    model.id, model.conduct = kept.id or model.id, kept.conduct
    if kept.path:
        model.away = Away(kept.path, kept.kept)
    elif kept.training:
        model.away = Away(str(unsaved.folder_of(model.id)), kept=False)
    model_list.set_display(model, kept.display)
    session.models.append(model)
    return model


@dataclass(frozen=True)
class Learnt:
    """What a model had learnt, and what its latest run had left to choose from: both or none."""

    weights: Weights | None
    last: Weights | None = None
    best: Weights | None = None


def take_learnt(model: Model, learnt: Learnt) -> None:
    """Give a model of the last session what it had learnt, unless it has other weights by now."""
    if model.weights is None:
        model.weights, model.away = learnt.weights, None
        model.last, model.best = learnt.last, learnt.best
        if learnt.weights is not None:
            architecture = learnt.weights.description.architecture
            model.plan = replace(model.plan, architecture=architecture)


def tell_unsaved(session: Session, last: LastSession) -> None:
    """Tell of models that nobody has saved, where the session that they are of is not brought back."""
    names = [
        model.display.name
        for model in last.models
        if model.training or (model.path and not model.kept)
    ]
    if names:
        session.notify(
            "info",
            f"What was learnt in the last session is not saved yet: {', '.join(names)}. "
            "File / Bring back unsaved models shows it.",
        )


def choose_moved(session: Session, row: OpenTomogram | Absent) -> None:
    """Ask where the file of a tomogram is now."""
    path = Path(row.ref.path if isinstance(row, OpenTomogram) else row.kept.path)
    session.effects.append(ChooseMoved(row, f"Choose where {path.name} is now"))


def check_moved(row: OpenTomogram | Absent, tomogram: Tomogram) -> None:
    """Make sure that a file can be the one that a row is about.

    Raises:
        ScsegError: its shape is another.
    """
    before = kept(row) if isinstance(row, OpenTomogram) else row.kept
    if before.shape not in (None, tomogram.shape):
        raise ScsegError(
            f"{tomogram.path} has {_size(tomogram.shape)} voxels, {before.path} had "
            f"{_size(before.shape)}: choose the file that was moved."
        )


def may_relink(
    session: Session, row: OpenTomogram | Absent, tomogram: Tomogram, ref: TomogramRef
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
    other = row_of(session, ref.path)
    if isinstance(other, OpenTomogram) and other is not row:
        raise ScsegError(f"{ref.path} is open already: close one of the two.")
    return row in (*session.tomograms, *session.absent)


def set_aside(session: Session, row: OpenTomogram | Absent, path: Path) -> Opened | None:
    """Take the annotation of a row out of the hand while it follows its tomogram to `path`; return it."""
    row.moves_to = path
    if not isinstance(row, OpenTomogram) or row.annotated is None:
        return None
    closing.take_over(session, row)
    annotated, row.annotated = row.annotated, None
    session.history.forget(annotated)
    return annotated


def give_back(row: OpenTomogram | Absent) -> None:
    """Let a row that was set aside have its annotation again."""
    row.moves_to = None


def relink(
    session: Session, row: OpenTomogram | Absent, tomogram: Tomogram, ref: TomogramRef
) -> None:
    """Go on with a tomogram from the place that its file was moved to.

    Raises:
        ScsegError: that is another tomogram, as its shape tells, or it is open already.
    """
    if may_relink(session, row, tomogram, ref):
        session.active = put_in_place(session, row, tomogram, ref)
        session.settings = session.settings.opened(tomogram.path)


def open_absent(session: Session, absent: Absent) -> None:
    """Look for the file of an absent tomogram again."""
    session.effects.append(OpenPaths((Path(absent.kept.path),), absent.kept.signed))


def row_of(session: Session, path: str) -> OpenTomogram | Absent | None:
    """Return what the list has of a file, if anything."""
    for opened in session.tomograms:
        if opened.ref.path == path:
            return opened
    return next((absent for absent in session.absent if absent.kept.path == path), None)


def _size(shape: tuple[int, int, int] | None) -> str:
    return " x ".join(map(str, (shape or ())[::-1]))
