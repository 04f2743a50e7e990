"""The workers of a cluster, as far as a job may use them."""

from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg import __version__
from scseg.base.errors import ScsegError
from scseg.export.cluster import worker as on_worker
from scseg.export.cluster.connection import fetched
from scseg.export.cluster.tasks import way_from_text

if TYPE_CHECKING:
    from distributed import Client, Future

    from scseg.base.progress import Report
    from scseg.export.cluster.tasks import Way
    from scseg.models.precision import PrecisionChoice

_SECONDS = 1.0
"""Between two looks at who is there."""
_SECONDS_TO_ANSWER = 10.0
_SECONDS_TO_AWAIT_OTHERS = 60.0
"""Starting a network takes some seconds, and more from a disk that many read at once."""


@dataclass
class ClusterWorker:
    """A worker by its address.

    Attributes:
        address: of Dask.
        asked: its introduction, as long as that has not come.
        way: how it predicts, once that is known.
        gpu: whether it lends a GPU, by a resource of that name.
        refused: why the job does not use it.
    """

    address: str
    asked: Future | None
    way: Way | None = None
    gpu: bool = False
    refused: str = ""


class Roster:
    """Who is there, asked now and then; those that come later are asked as those that were there.

    Args:
        client: of the scheduler.
        choice: of a precision, by the user.
        topic: of the job's events.
    """

    def __init__(self, client: Client, choice: PrecisionChoice, topic: str) -> None:
        self._client = client
        self._choice = choice
        self._topic = topic
        self._looked = 0.0
        self._way: Way | None = None
        self.workers: dict[str, ClusterWorker] = {}
        self.notices: list[str] = []

    @property
    def fit(self) -> list[ClusterWorker]:
        """The workers that the job can use."""
        return [each for each in self.workers.values() if each.way and not each.refused]

    @property
    def _asked(self) -> list[ClusterWorker]:
        return [each for each in self.workers.values() if each.asked is not None]

    def agreed_way(self, report: Report) -> Way:
        """Wait for workers, and return the way in which most of them predict: it becomes the job's.

        Those that have not answered long after the first one did are taken in later: others compute there.

        Raises:
            ScsegError: the scheduler is gone, or none of its workers can be used.
            CancelledError: from `report`.
        """
        until = math.inf
        while True:
            self.update()
            ways = [each.way for each in self.fit if each.way]
            if ways:
                until = min(until, time.monotonic() + _SECONDS_TO_AWAIT_OTHERS)
            if ways and (not self._asked or time.monotonic() >= until):
                counted = Counter(ways)
                self._way = max(counted, key=lambda way: (counted[way], way.engine, way.precision))
                self._judge()
                return self._way
            self.check_any()
            report(0.0, "asking the workers" if self.workers else "waiting for workers")
            time.sleep(0.1)

    def update(self) -> None:
        """Look who is there, and take in who has introduced itself.

        Raises:
            ScsegError: the scheduler is gone.
        """
        self.check_connection()
        now = time.monotonic()
        if now - self._looked >= _SECONDS:
            self._looked = now
            there = self._addresses()
            for address in [address for address in self.workers if address not in there]:
                del self.workers[address]
            for address in there - self.workers.keys():
                self.workers[address] = ClusterWorker(address, self._introduction(address))
        for each in self._asked:
            self._take_in(each)
        self._judge()

    def check_connection(self) -> None:
        """Raise if the scheduler is gone, as far as that is known.

        Raises:
            ScsegError: this is so.
        """
        if self._client.status != "running":
            raise _scheduler_is_gone()

    def check_any(self) -> None:
        """Raise if workers are there, and none can be used.

        Raises:
            ScsegError: this is so.
        """
        refused = [each.refused for each in self.workers.values()]
        if refused and all(refused):
            raise ScsegError(f"No worker of the cluster can be used. {refused[0]}")

    def refuse(self, address: str, sentence: str) -> None:
        """Use a worker no more."""
        worker = self.workers.get(address)
        if worker is not None and not worker.refused:
            worker.refused = sentence
            self.notices.append(sentence)

    def _addresses(self) -> set[str]:
        try:
            return set(self._client.nthreads(callback_timeout=_SECONDS_TO_ANSWER))
        except (OSError, TimeoutError) as error:
            raise _scheduler_is_gone() from error

    def _introduction(self, address: str) -> Future:
        return self._client.submit(
            on_worker.introduce, self._choice, self._topic, workers=[address], pure=False
        )

    def _take_in(self, worker: ClusterWorker) -> None:
        """Take the introduction of a worker in, if it has come."""
        future = worker.asked
        if future is None:
            return
        if future.status in ("cancelled", "lost"):
            worker.asked = self._introduction(worker.address)
        elif future.status == "error":
            worker.asked = None
            why = fetched(future.exception)
            told = f" ({type(why).__name__}: {why})" if why else ""
            self.refuse(
                worker.address,
                f"The worker {worker.address} does not answer this program{told}: install scseg "
                f"{__version__} with its extra cluster there.",
            )
        # Of one that was lost just now nothing comes; the next look does not find it.
        elif future.status == "finished" and (text := fetched(future.result)) is not None:
            worker.asked = None
            worker.way, worker.gpu = way_from_text(text)
            self._check(worker, worker.way)

    def _check(self, worker: ClusterWorker, way: Way) -> None:
        """Refuse a worker of another version, or that cannot do what the user has chosen."""
        if way.program != __version__:
            self.refuse(
                worker.address,
                f"The worker {worker.address} runs scSegmentation {way.program}, and this is "
                f"{__version__}: install the same version there.",
            )
        elif self._choice not in ("auto", way.precision):
            self.refuse(
                worker.address,
                f"The worker {worker.address} is not used: it predicts in {way.precision}, and this "
                f"job in {self._choice}.",
            )

    def _judge(self) -> None:
        """Refuse workers that predict in another way than the job does."""
        for each in self.fit:
            if self._way is not None and each.way is not None and each.way != self._way:
                self.refuse(each.address, _differs(each.address, each.way, self._way))


def _scheduler_is_gone() -> ScsegError:
    return ScsegError(
        "The Dask scheduler does not answer any more: start it and its workers again, then give the same "
        "command. Volumes that are done are kept, and those that were begun go on."
    )


def _differs(address: str, way: Way, of_job: Way) -> str:
    return (
        f"The worker {address} is not used: it predicts with {way.engine} in {way.precision}, and this job "
        f"with {of_job.engine} in {of_job.precision}. Use workers of one kind; --precision float32 makes "
        "processors alike."
    )
