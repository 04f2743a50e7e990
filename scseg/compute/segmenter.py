"""Models applied to a tomogram, slice by slice, into volumes or into single images."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.progress import Report, silent, sub_report
from scseg.compute.messages import Band, Failed, Ready, Reply, SliceDone, SliceRequest
from scseg.compute.prediction_buffer import PredictionBuffer
from scseg.compute.prediction_client import WORKER, PredictionClient
from scseg.compute.prediction_rates import PredictionRates, area_of
from scseg.compute.reply_waiter import ReplyWaiter, as_exception
from scseg.compute.segmentation_jobs import JointSegmentation, SegmentationJob, single_model
from scseg.compute.volume_records import volume_records
from scseg.compute.volume_writing import lacking, write_volumes
from scseg.datasets.mrc_writer import write_slice
from scseg.interactions.volume_interactions import slices_after_rules
from scseg.models import precision

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.base.rect import Rect
    from scseg.compute.volume_records import Record
    from scseg.interactions.volume_interactions import Slice
    from scseg.models.precision import Precision

_AHEAD = 3
"""Slices that the worker is told of at once: it never waits, and results never pile up."""


class Segmenter:
    """A prediction worker that does one segmentation after another. Use as a context manager.

    After a segmentation that failed or was cancelled, make another: of its slice, bands are under way.
    """

    def __init__(self, module: str = WORKER, rates: PredictionRates | None = None) -> None:
        self._waiter = ReplyWaiter()
        self._client = PredictionClient(self._waiter.ring, module)
        self.notices: list[str] = []
        self.rates = rates or PredictionRates()
        self._died_of: set[SliceRequest] = set()
        self._way: tuple[str, Precision] | None = None

    def __enter__(self) -> Segmenter:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def write_volume(self, job: SegmentationJob, folder: Path, report: Report = silent) -> Path:
        """Predict the slices of a job into one volume; return its path.

        Raises:
            ScsegError: prediction failed, or the file cannot be written; an older one is intact.
        """
        return self.write_volumes(single_model(job), folder, report)[0]

    def write_volumes(
        self, ensemble: JointSegmentation, folder: Path, report: Report = silent
    ) -> list[Path]:
        """Predict models together, each into a volume of its own with its record; return the paths.

        What a killed process has left of the same volumes goes on.

        Raises:
            ScsegError: prediction failed, or a file cannot be written; older ones are intact.
            CancelledError: from `report`; nothing is left.
        """
        plan = self.settled(ensemble, report)
        return write_volumes(plan, self._records(plan), folder, self._ruled, report)

    def without_those_there(
        self, ensemble: JointSegmentation, folder: Path, report: Report = silent
    ) -> JointSegmentation | None:
        """Return what is left to do where some volumes are there already, as they would be made; or None.

        Raises:
            ScsegError: the network does not start, or a file cannot be read or written.
            CancelledError: from `report`.
        """
        plan = self.settled(ensemble, report)
        return lacking(plan, self._records(plan), folder)

    def settled(self, ensemble: JointSegmentation, report: Report = silent) -> JointSegmentation:
        """Return the same in the precision that is meant here; waits until the worker is there.

        Raises:
            ScsegError: the worker does not start, or is slow in a precision that was asked for.
            CancelledError: from `report`.
        """
        self._way = self.engine(report), self.fast(report)
        return ensemble.in_precision(precision.settled(ensemble.first.precision, self._way[1]))

    def _records(self, ensemble: JointSegmentation) -> dict[str, Record]:
        """Return what each volume that is to be written depends on, by model; its engine is part of it."""
        return volume_records(ensemble, self._client.engine)

    @property
    def ready(self) -> bool:
        """Whether the worker is there."""
        return self._client.ready

    def engine(self, report: Report = silent) -> str:
        """Return what runs the worker's networks; waits until it is there.

        Raises:
            ScsegError: the worker does not start.
            CancelledError: from `report`.
        """
        self._wait(report)
        return self._client.engine

    def fast(self, report: Report = silent) -> Precision:
        """Return the precision in which the worker is fastest; waits until it is there.

        Raises:
            ScsegError: the worker does not start.
            CancelledError: from `report`.
        """
        self._wait(report)
        return self._client.fast

    def _wait(self, report: Report) -> None:
        if self._client.pid is None:  # it died too often at what was done before
            self._client.restart()
        while not self._client.ready:
            for reply in self._waiter.wait_for_replies(self._client):
                if isinstance(reply, Failed) and not reply.restarted:
                    raise as_exception(reply)
            report(0.0, "starting the network")

    def write_slices(
        self, ensemble: JointSegmentation, folder: Path, report: Report = silent
    ) -> list[Path]:
        """Predict models together, each slice of each into a 2-D image; return their paths.

        Raises:
            ScsegError: prediction failed, or a file cannot be written.
            CancelledError: from `report`.
        """
        ensemble = self.settled(ensemble, report)
        paths = []
        for z, values in self._ruled(ensemble, report):
            for model in ensemble.written:
                job = ensemble.jobs[model]
                paths.append(folder / job.slice_name(z))
                write_slice(
                    paths[-1],
                    job.tomogram,
                    z,
                    values[model],
                    job.kind,
                    job.label,
                    threshold=job.threshold,
                )
        return paths

    def _ruled(self, ensemble: JointSegmentation, report: Report) -> Iterator[tuple[int, Slice]]:
        """Yield each wanted slice and the values (y, x) in it after competition and rules, 0 outside."""
        wanted, region = set(ensemble.first.slices), ensemble.first.region
        slices = self._predicted(ensemble, report)
        places = ensemble.predicted_slices
        ruled = slices_after_rules(slices, ensemble.interactions, ensemble.scale, len(places))
        for z, values in zip(places, ruled, strict=True):
            if z in wanted:
                yield z, {model: _inside(values[model], region) for model in ensemble.written}

    def _predicted(self, ensemble: JointSegmentation, report: Report) -> Iterator[Slice]:
        """Yield the predictions (y, x) of one slice after another."""
        slices = ensemble.predicted_slices
        coming = map(ensemble.requests, slices)
        wanted = deque(islice(coming, _AHEAD))
        answers = PredictionBuffer(ensemble.first.tomogram.shape[1:])
        self._died_of.clear()
        for done in range(len(slices)):
            requests = wanted[0]
            ahead = tuple(chain.from_iterable(each.values() for each in wanted))
            text = f"slice {done + 1} of {len(slices)}"
            this = sub_report(report, done / len(slices), (done + 1) / len(slices))
            for _ in self._coming(tuple(requests.values()), ahead, answers):
                # Told band by band: a large slice takes minutes, and only a report can cancel.
                fraction = sum(map(answers.fraction, requests.values())) / len(requests)
                this(fraction, text if self._client.ready else "starting the network")
            for request in requests.values():
                self.rates.note(request, area_of(request, ensemble), answers.seconds(request))
            yield {model: answers.take_out(request) for model, request in requests.items()}
            wanted.popleft()
            wanted.extend(islice(coming, 1))
        self._client.want(())

    def _coming(
        self,
        requests: tuple[SliceRequest, ...],
        ahead: tuple[SliceRequest, ...],
        answers: PredictionBuffer,
    ) -> Iterator[None]:
        """Have the worker do all that is `ahead` until `requests` are done; yield whenever that may wait.

        Raises:
            ScsegError: the worker told that a request failed, or died of one twice.
        """
        self._client.want(answers.missing(ahead))
        while answers.missing(requests):
            # All that has come is kept before more is wanted.
            for reply in self._waiter.wait_for_replies(self._client):
                self._take(reply, answers.missing(ahead), answers)
                yield
            yield

    def _take(
        self, reply: Reply, missing: tuple[SliceRequest, ...], answers: PredictionBuffer
    ) -> None:
        match reply:
            case Band():
                answers.add(reply)
            case SliceDone(request=request, network_seconds=seconds, notices=notices):
                answers.finish(request, seconds)
                self.notices.extend(n for n in notices if n not in self.notices)
            case Ready(engine=engine, fast=fast) if self._way not in (None, (engine, fast)):
                raise ScsegError(
                    f"The prediction process was started again, and predicts with {engine} in {fast} now, "
                    "which gives other values: begin anew."
                )
            case Failed(restarted=False):
                raise as_exception(reply)
            case Failed():
                for request in missing[:1]:
                    self._forgive_once(reply, request)

    def _forgive_once(self, death: Failed, request: SliceRequest) -> None:
        """Go on after a death: the worker begins anew what it was at, which may cost it that once."""
        if request in self._died_of:
            sentence = (
                f"Slice {request.z} of {request.tomogram.path} cannot be predicted: the prediction process "
                f"stopped twice at it: {death.cause}."
            )
            raise as_exception(replace(death, sentence=sentence))
        self._died_of.add(request)
        self.notices.append(death.sentence)


def _inside(values: NDArray[np.float32], region: Rect | None) -> NDArray[np.float32]:
    """Return values that are 0 outside of a region; partners are known a little beyond."""
    if region is None:
        return values
    inside = np.zeros_like(values)
    inside[region.slices] = values[region.slices]
    return inside
