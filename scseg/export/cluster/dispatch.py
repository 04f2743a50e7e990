"""Tasks given to workers of a cluster, one at a time to each, and again when a worker dies."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scseg.export.cluster import worker as on_worker
from scseg.export.cluster.connection import fetched
from scseg.export.cluster.tasks import Answer, answer_from_text, task_text, unseen

if TYPE_CHECKING:
    from distributed import Client, Future

    from scseg.export.cluster.roster import ClusterWorker, Roster
    from scseg.export.cluster.tasks import ClusterTask

_LOOK_SECONDS = 0.1
_MOST_LOST = 3
"""A task at which so many workers died is no good, unless they got farther: in batch systems, all end."""
_FARTHER = 0.1


@dataclass(eq=False)
class Work:
    """A task, and what the job has to know of it.

    Attributes:
        name: for users.
        task: what a worker is told.
        weight: how much it is, beside others: voxels.
        lost: how many workers were lost at it, one after another, none getting farther than those before.
        fraction: how far it is.
        told: what it is at.
        farthest: how far it was when the first of those was lost.
    """

    name: str
    task: ClusterTask
    weight: int
    lost: int = 0
    fraction: float = 0.0
    told: str = ""
    farthest: float = 0.0

    def lost_again(self) -> int:
        """Count a worker that was lost at it; return how many were without getting any farther."""
        if self.fraction > self.farthest + _FARTHER:
            self.lost, self.farthest = 0, self.fraction
        self.lost += 1
        return self.lost


@dataclass(frozen=True)
class _Running:
    work: Work
    worker: str
    future: Future


class Dispatcher:
    """Gives work to the workers of a roster. Use as a context manager; what runs at its end is cancelled."""

    def __init__(self, client: Client, roster: Roster, topic: str) -> None:
        self._client = client
        self._roster = roster
        self._topic = topic
        self._waiting: deque[Work] = deque()
        self._running: dict[str, _Running] = {}
        client.subscribe_topic(topic, self._hear)

    def __enter__(self) -> Dispatcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._cancel([each.future for each in self._running.values()])
        self._running.clear()

    @property
    def at_work(self) -> list[Work]:
        """What is running, or waits for a worker."""
        return [each.work for each in self._running.values()] + list(self._waiting)

    @property
    def wants_more(self) -> bool:
        """Whether there are more workers than work."""
        return len(self._free) > len(self._waiting)

    @property
    def has_workers(self) -> bool:
        """Whether there is a worker that the job can use."""
        return bool(self._roster.fit)

    def add(self, work: Work) -> None:
        self._waiting.append(work)

    def drop(self, works: list[Work]) -> None:
        """Forget work that is not wanted any more."""
        self._waiting = deque(each for each in self._waiting if each not in works)
        for key, running in list(self._running.items()):
            if running.work in works:
                self._cancel([running.future])
                del self._running[key]

    def step(self) -> list[tuple[Work, Answer]]:
        """Give work to those who have none, wait for a moment, and return what has come.

        Raises:
            ScsegError: the scheduler is gone, or no worker can be used.
        """
        self._roster.update()
        self._roster.check_any()
        for worker in self._free[: len(self._waiting)]:
            self._give(worker, self._waiting.popleft())
        time.sleep(_LOOK_SECONDS)
        # All tasks count as cancelled then.
        self._roster.check_connection()
        came = []
        for key, running in list(self._running.items()):
            if (answer := self._answer_of(running)) is not None:
                del self._running[key]
                if not self._goes_again(running, answer):
                    came.append((running.work, answer))
        return came

    @property
    def _free(self) -> list[ClusterWorker]:
        busy = {each.worker for each in self._running.values()}
        return [each for each in self._roster.fit if each.address not in busy]

    def _give(self, worker: ClusterWorker, work: Work) -> None:
        future = self._client.submit(
            on_worker.work,
            task_text(work.task),
            self._topic,
            workers=[worker.address],
            resources={"GPU": 1} if worker.gpu else None,
            pure=False,
        )
        self._running[future.key] = _Running(work, worker.address, future)

    def _answer_of(self, running: _Running) -> Answer | None:
        """Return what came of a task; None as long as it runs.

        Raises:
            BaseException: a fault of the program on the worker.
        """
        future = running.future
        # Where nothing is fetched, the next look tells what has become of it.
        if future.status == "finished" and (text := fetched(future.result)) is not None:
            return _as_seen_here(running.work, answer_from_text(text))
        if running.worker not in self._roster.workers or future.status in ("cancelled", "lost"):
            self._cancel([future])
            return self._after_death(running)
        if future.status == "error" and (error := fetched(future.exception)) is not None:
            if type(error).__name__ != "KilledWorker":
                raise error
            return self._after_death(running)
        return None

    def _cancel(self, futures: list[Future]) -> None:
        with contextlib.suppress(OSError, TimeoutError):  # the scheduler may be gone
            self._client.cancel(futures, force=True)

    def _after_death(self, running: _Running) -> Answer:
        sentence = f"The worker {running.worker} was lost at {running.work.name}"
        if running.work.lost_again() >= _MOST_LOST:
            return Answer(error=f"{sentence}, as {_MOST_LOST - 1} before it: see their logs.")
        self._roster.notices.append(f"{sentence}; another one goes on with it.")
        return Answer(stopped=True)

    def _goes_again(self, running: _Running, answer: Answer) -> bool:
        """Have another worker do what one did not; tell whether that is so."""
        if answer.refused:
            self._roster.refuse(
                running.worker, f"The worker {running.worker} is not used: it {answer.refused}."
            )
        elif not answer.stopped:
            return False
        running.work.fraction = 0.0
        self._waiting.appendleft(running.work)
        return True

    def _hear(self, event: tuple[float, dict[str, Any]]) -> None:
        """Take in how far a task is; runs in Dask's thread."""
        _, said = event
        running = self._running.get(said["key"])
        if running is not None:
            running.work.fraction, running.work.told = said["fraction"], said["text"]


def _as_seen_here(work: Work, answer: Answer) -> Answer:
    """Return an answer; what is gone here, too, no other worker can do."""
    if answer.refused and (path := unseen(work.task)):
        return Answer(error=f"{path} is not there any more: {work.name} was not done.")
    return answer
