"""Brings the last session back: the tomogram that was in view first, then the others, then the models."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions import restoring
from scseg.actions.restoring import RestoredWeights
from scseg.actions.tomograms import tomogram_list
from scseg.actions.tomograms.reading import loaded
from scseg.base.errors import ScsegError
from scseg.base.files.json_files import NewerError
from scseg.compute.messages import ModelRef
from scseg.models import unsaved_models
from scseg.models.files import open_model
from scseg.runtime.queue import QueuedJob
from scseg.runtime.saving.session_file import read_last_session
from scseg.runtime.tomograms.file_watch import is_there
from scseg.runtime.tomograms.loading import NOT_OPENED, Loading
from scseg.state.models import Weights
from scseg.state.notices import Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.base.progress import Report
    from scseg.persistence.last_models import ModelRecord
    from scseg.persistence.last_session import LastSession
    from scseg.runtime.queue import OpeningQueue
    from scseg.runtime.tomograms.loading import Outcome
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import MissingTomogram

NOT_THERE = "its file is not there"


class SessionRestorer:
    """`ended` is called when all that comes back is there, or takes so long that it comes later."""

    def __init__(
        self, session: Session, queue: OpeningQueue, last: LastSession, ended: Callable[[], None]
    ) -> None:
        self._session = session
        self._queue = queue
        self._last = last
        self._ended = ended

    def start(self) -> None:
        session, last = self._session, self._last
        restoring.restore_session(session, last)
        # All at once: a rule stays while its partner is in the list.
        models = [(kept, restoring.restore_model(session, kept)) for kept in last.models]
        rows = sorted(session.missing, key=lambda each: each.kept.path != last.active)
        named = [(absent, Path(absent.kept.path).name) for absent in rows]
        self._queue.start_all(Loading(named, _outcome, self._take).following)
        for kept, model in models:
            self._load(kept, model)
        job = Job("Looking through unsaved models")
        self._queue.start(QueuedJob(job, self._prune, ended=lambda _: self._ended()))

    def _take(self, absent: MissingTomogram, outcome: Outcome) -> None:
        if isinstance(outcome, str):
            absent.reason = outcome
            if outcome != NOT_OPENED:
                self._session.notify("warning", _sentence(absent))
        else:
            restoring.restore(self._session, absent, *outcome)
            tomogram_list.keep_order(self._session, [kept.path for kept in self._last.tomograms])

    def _load(self, kept: ModelRecord, model: Model) -> None:
        def work(_: Report) -> RestoredWeights:
            return _learnt(kept)

        job = Job(f"Loading {kept.display.name}")
        self._queue.start(QueuedJob(job, work, partial(restoring.restore_weights, model)))

    def _prune(self, _: Report) -> None:
        try:
            # Those in the file may be another window's.
            known = (*self._last.models, *read_last_session().models)
        except NewerError:
            return  # which models it still needs, only that version knows
        unsaved_models.remove_forgotten(model.id for model in known)


def _learnt(model: ModelRecord) -> RestoredWeights:
    """Return what a model has learnt; of one whose training was cut short, up to its last epoch.

    Raises:
        ScsegError: its file cannot be read.
    """
    try:
        weights = _found(model)
    except ScsegError as error:
        name = model.display.name or "The model"
        raise ScsegError(
            f"{error} {name} stays in the list: load its file there once it can be read."
        ) from error
    last, best = _outcomes(model, weights)
    return RestoredWeights(weights, last, best) if last and best else RestoredWeights(weights)


def _outcomes(model: ModelRecord, weights: Weights | None) -> tuple[Weights | None, Weights | None]:
    """Return the last and the best epoch of a model's latest run, as far as they are there."""
    if model.training:
        best = unsaved_models.best_model(model.id, model.since) if model.id else None
        return weights, _read(best)
    return _read(Path(model.last) if model.last else None), _read(
        Path(model.best) if model.best else None
    )


def _read(path: Path | None) -> Weights | None:
    """Return what a run has left; None for none, or what cannot be read any more."""
    with contextlib.suppress(ScsegError):
        if path is not None:
            description = open_model(path)
            return Weights(ModelRef(str(path), description.weights_sha256), description, kept=False)
    return None


def _found(model: ModelRecord) -> Weights | None:
    path = Path(model.path) if model.path else None
    kept = model.kept
    lost = path is not None and not kept and not path.is_file()
    if model.id and (model.training or lost):
        newest = (
            unsaved_models.newest_model(model.id)
            if lost
            else unsaved_models.newest_model(model.id, model.since)
        )
        path, kept = (newest, False) if newest is not None else (path, kept)
    if path is None:
        return None
    description = open_model(path)
    if model.id and not kept:
        path = unsaved_models.import_model(model.id, path)
    return Weights(ModelRef(str(path), description.weights_sha256), description, kept)


def _outcome(absent: MissingTomogram, report: Report) -> Outcome:
    """Return the opened tomogram, or why there is none."""
    path = absent.kept.path
    if not is_there(path):
        return NOT_THERE
    return loaded(Path(path), absent.kept.signed, report)


def _sentence(absent: MissingTomogram) -> str:
    if absent.reason != NOT_THERE:
        return absent.reason
    return (
        f"{absent.kept.path} is not there any more: show its new place with Relink… in Datasets, "
        "or close its row."
    )
