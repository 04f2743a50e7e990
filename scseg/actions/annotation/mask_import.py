"""Masks of other programs for a feature: what their values mean is asked where it is not plain."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.annotation import changes, long_changes
from scseg.annotations import import_export
from scseg.datasets.mask_values import MaskValues, usual_threshold
from scseg.datasets.mask_volume import MaskMeaning, MaskVolume, decided
from scseg.state.mask_question import MaskQuestion
from scseg.state.requests import FilesToOpen, Work

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.annotations.feature import Feature
    from scseg.base.progress import Report
    from scseg.datasets.tomogram import Tomogram
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def choose_import(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Ask for a mask volume of another program, to be added to a feature."""
    if changes.may_change(session, opened):
        session.requests.append(_import(session, opened, feature))


def choose_meaning(session: Session, meaning: MaskMeaning) -> None:
    """Take what the user says so far of the mask that is asked about."""
    if session.mask_question is not None:
        session.mask_question.meaning = meaning


def answer(session: Session) -> None:
    """Import the mask that was asked about, with the meaning that was chosen.

    Raises:
        ScsegError: label and ignore label are the same; the question stays.
    """
    asked = session.mask_question
    if asked is not None:
        mask = decided(asked.volume, asked.values, asked.meaning)
        session.mask_question = None
        session.requests.append(_add(session, asked.opened, asked.feature, mask))


def cancel(session: Session) -> None:
    """Import nothing."""
    session.mask_question = None


def _import(session: Session, opened: OpenTomogram, feature: Feature) -> Workflow:
    title = f"Choose the mask of {feature.name}"
    chosen: tuple[Path, ...] = yield FilesToOpen("tomogram", title)
    yield from import_file(session, opened, feature.id, chosen[0])


def import_file(session: Session, opened: OpenTomogram, feature_id: str, path: Path) -> Workflow:
    """Add what a mask volume holds to a feature, or ask what of it is the feature."""
    title, shape = f"Looking at {path.name}", opened.shape

    def look(report: Report) -> tuple[Tomogram, MaskValues]:
        return import_export.look_at_volume(path, shape, report)

    found: tuple[Tomogram, MaskValues] = yield Work(title, look)
    volume, values = found
    if values.kind() in ("labels", "scores"):
        meaning = _proposed(values)
        session.mask_question = MaskQuestion(opened, feature_id, volume, values, meaning)
    else:
        mask = decided(volume, values, MaskMeaning())
        yield from _add(session, opened, feature_id, mask)


def _proposed(values: MaskValues) -> MaskMeaning:
    """Return what the user may mean, to begin with."""
    if values.kind() == "labels":
        return MaskMeaning(label=next(value for value in values.counts if value))
    return MaskMeaning(threshold=usual_threshold(values))


def _add(session: Session, opened: OpenTomogram, feature_id: str, mask: MaskVolume) -> Workflow:
    if opened.annotation is not None:
        session.notify("info", mask.told)
        contents = opened.annotation.contents.snapshot()
        run = partial(import_export.import_volume, mask, contents, feature_id)
        title = f"Importing {mask.volume.path.name}"
        yield from long_changes.change(session, opened, title, run)
