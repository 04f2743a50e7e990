"""Between the session and the processes that train: one run at a time, the others wait in a queue."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Protocol

from scseg.actions.training import runs
from scseg.base.errors import ScsegError
from scseg.compute.training_client import TrainingClient
from scseg.models import unsaved_models
from scseg.runtime.faults import reported

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.compute.messages import Reply, TrainingRequest
    from scseg.state.models import Model, TrainingRun
    from scseg.state.session import Session

SECONDS_AT_THE_END = 10.0
PATIENCE = 3.0
LOOK_SECONDS = 0.02


class Client(Protocol):
    """The part of compute.training_client.TrainingClient that is used here."""

    @property
    def running(self) -> bool: ...
    def renew(self, *, nothing: bool = ...) -> None: ...
    def stop(self) -> None: ...
    def drain(self) -> list[Reply]: ...
    def close(self, patience: float = ...) -> None: ...


def start_training(wake: Callable[[], None], request: TrainingRequest) -> Client:
    """Start the process of a run."""
    return TrainingClient(request, wake)


class Trainer:
    """`update` belongs before a frame, `close` after the last. `start` starts the process of a run.

    `settled` tells whether all of the slice in view is predicted: then a newer epoch may be shown.
    """

    def __init__(
        self,
        session: Session,
        start: Callable[[TrainingRequest], Client],
        settled: Callable[[], bool],
    ) -> None:
        self.start = start
        self._session = session
        self._settled = settled
        self._client: Client | None = None
        self._model: Model | None = None
        self._stopped = False
        self._sets = 0

    def update(self) -> None:
        """Take in what a run has told, and start the next one when its process has ended."""
        if self._client is not None and self._model is not None:
            self._attend(self._client, self._model)
        if self._client is None:
            self._start_next()

    def close(self) -> None:
        """Stop, so that what was learnt is written; a process that does not end in time is ended."""
        client, model = self._client, self._model
        if client is None or model is None:
            return
        with contextlib.ExitStack() as exits:
            exits.callback(self._end, client, _has_learnt(model.run))
            self._stop(client, model)

    def _stop(self, client: Client, model: Model) -> None:
        """Let a run that has learnt something write it, and show that."""
        client.stop()
        learns = _has_learnt(model.run)
        deadline = time.monotonic() + SECONDS_AT_THE_END
        while learns and client.running and time.monotonic() < deadline:
            self._take(client, model)
            time.sleep(LOOK_SECONDS)
        # The files are there all the same.
        with contextlib.suppress(ScsegError):
            runs.show_latest(model)

    def _end(self, client: Client, learns: bool) -> None:  # noqa: FBT001 - as ExitStack passes it on
        self._client = None
        client.close(PATIENCE if learns else 0.0)

    def _attend(self, client: Client, model: Model) -> None:
        self._take(client, model)
        # While the process of a run that is done still ends, the next one of the same model may wait already.
        run = model.run if model.run is not None and model.run.started else None
        # One that was removed by an undo is not wanted any more.
        unwanted = run is not None and (run.stopping or model not in self._session.models)
        if unwanted and not self._stopped:
            self._stopped = True
            client.stop()
        if run is not None and run.live is not None and run.live.sets != self._sets:
            self._sets = run.live.sets
            client.renew(nothing=run.live.empty)
        if run is not None and self._settled():
            with reported(self._session, "Showing a model that learns"):
                runs.show_latest(model)
        if not client.running:
            client.close()
            self._client = None
            if run is not None:
                model.run = None
            if model.last is not None:
                # It takes the place of all checkpoints; a run that left nothing of its own leaves them.
                unsaved_models.remove_all_but(model.id, runs.needed(model))

    def _take(self, client: Client, model: Model) -> None:
        for reply in client.drain():
            with reported(self._session, "The training"):
                runs.take_reply(self._session, model, reply)

    def _start_next(self) -> None:
        waiting = [model for model in self._session.models if model.run is not None]
        if not waiting:
            return
        model = min(waiting, key=lambda each: each.run.number if each.run else 0)
        request = runs.start(model)
        if request is not None:
            self._client, self._model, self._stopped = self.start(request), model, False
            self._sets = 0


def _has_learnt(run: TrainingRun | None) -> bool:
    """Tell whether a run has done a batch: before, there is nothing to keep, and nothing to wait for."""
    return run is not None and run.loss is not None
