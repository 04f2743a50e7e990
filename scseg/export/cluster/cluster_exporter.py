"""Exports done by the workers of a Dask scheduler, with the bytes of one machine."""

from __future__ import annotations

import math
import secrets
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base.errors import CancelledError, ScsegError, SuspendedError
from scseg.compute.volume_records import volume_records
from scseg.compute.volume_writing import lacking
from scseg.export.cluster.connection import connected
from scseg.export.cluster.dispatch import Dispatcher, Work
from scseg.export.cluster.leftovers import remove_unfinished
from scseg.export.cluster.marks import marked
from scseg.export.cluster.roster import Roster
from scseg.export.cluster.slabs import Slabs, cut, slabs_of
from scseg.export.cluster.tasks import ClusterTask
from scseg.export.exporter import Outcome
from scseg.export.planning import ExportItem
from scseg.formats.file_kind import file_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scseg.base.progress import Report
    from scseg.compute.segmentation_jobs import JointSegmentation
    from scseg.compute.volume_records import Record
    from scseg.export.cluster.tasks import Answer, Way
    from scseg.export.settings import ExportSettings


@dataclass(eq=False)
class _UnderWay:
    """An item that is not done yet; `left` of it may be fewer volumes than were asked for."""

    item: ExportItem
    left: JointSegmentation
    kept: tuple[Path, ...]
    slabs: Slabs | None = None

    def volumes(self, folder: Path) -> list[Path]:
        return [folder / self.left.jobs[model].volume_name() for model in self.left.written]


class ClusterExporter:
    """Has volumes written into a folder by the workers of a scheduler.

    Args:
        address: of the scheduler, or the file that it was told to write.
        folder: where volumes go; it must be there, and on a disk that all machines share.
        settings: of all items.
        slab: slices of a task, where tomograms are to be cut; None cuts huge ones alone, and 0 cuts each for
            all the workers that are there.
    """

    def __init__(
        self, address: str, folder: Path, settings: ExportSettings, slab: int | None = None
    ) -> None:
        self._address = address
        self._folder = folder
        self._settings = settings
        self._slab = slab
        self._under_way: dict[Work, _UnderWay] = {}
        self.notices: list[str] = []

    def export_all(
        self, plans: Mapping[ExportItem, JointSegmentation], report: Report
    ) -> Iterator[Outcome]:
        """Do all items, several at a time, and yield what came of each as it is done.

        Volumes that are there already, made in the same way, are kept. What a worker that died has left of
        one goes on with another.

        Raises:
            ScsegError: there is no scheduler, it is gone, or none of its workers can be used. What was begun
                goes on the next time.
            CancelledError: from `report`; nothing unfinished is left, unless the work is suspended.
        """
        topic = f"scseg-{secrets.token_hex(8)}"
        with connected(self._address) as client, marked(self._folder) as mark:
            roster = Roster(client, self._settings.precision, topic)
            # The same list: a notice of a worker is told as soon as it is there.
            self.notices = roster.notices
            job = _Job(roster.agreed_way(report), mark, len(roster.fit))
            try:
                with Dispatcher(client, roster, topic) as dispatcher:
                    yield from self._done(plans, dispatcher, report, job)
            except SuspendedError:
                raise
            except CancelledError:
                for each in set(self._under_way.values()):
                    self._remove_unfinished(each.volumes(self._folder), each.slabs)
                raise
            finally:
                for each in set(self._under_way.values()):
                    _let_go(each.slabs)

    def _done(
        self,
        plans: Mapping[ExportItem, JointSegmentation],
        dispatcher: Dispatcher,
        report: Report,
        job: _Job,
    ) -> Iterator[Outcome]:
        waiting = deque(plans.items())
        progress = _Progress(sum(map(_weight, plans.values())), len(plans))
        while waiting or self._under_way:
            while waiting and dispatcher.wants_more:
                # Of those that are done a digest is read: it is cancelled here, too.
                report(*progress.told(dispatcher))
                item, plan = waiting.popleft()
                for outcome in self._begun(item, plan, dispatcher, job):
                    progress.finish(_weight(plan))
                    yield outcome
            for work, answer in dispatcher.step():
                for outcome in self._taken(work, answer, dispatcher):
                    progress.finish(0)
                    yield outcome
                progress.weight += work.weight
            report(*progress.told(dispatcher))

    def _begun(
        self, item: ExportItem, plan: JointSegmentation, dispatcher: Dispatcher, job: _Job
    ) -> Iterator[Outcome]:
        """Have an item done; yield its outcome if nothing is to be done."""
        plan = plan.in_precision(job.way.precision)
        try:
            records = volume_records(plan, job.way.engine)
            left = self._lacking(plan, records)
            kept = tuple(
                self._folder / plan.jobs[model].volume_name()
                for model in plan.written
                if left is None or model not in left.written
            )
            if left is None:
                yield Outcome(item, kept=kept)
                return
            work = self._work(item, left, records, job)
            chunks = cut(left, self._slices_of_a_slab(left, job))
            under_way = _UnderWay(item, left, kept)
            if len(chunks) > 1:
                under_way.slabs = slabs_of(left, work, chunks)
        except ScsegError as error:
            yield Outcome(item, error=error)
            return
        for each in under_way.slabs.parts if under_way.slabs else [work]:
            self._under_way[each] = under_way
            dispatcher.add(each)

    def _slices_of_a_slab(self, plan: JointSegmentation, job: _Job) -> int | None:
        count = len(plan.first.slices)
        if self._settings.separate:
            return count
        return math.ceil(count / job.workers) if self._slab == 0 else self._slab

    def _lacking(
        self, plan: JointSegmentation, records: Mapping[str, Record]
    ) -> JointSegmentation | None:
        if self._settings.separate or self._settings.overwrite:
            return plan
        return lacking(plan, records, self._folder)

    def _work(
        self,
        item: ExportItem,
        left: JointSegmentation,
        records: Mapping[str, Record],
        job: _Job,
    ) -> Work:
        settings = replace(
            self._settings,
            slices=tuple(left.first.slices),
            crop=left.first.region,
            annotated_crop=False,
            precision=job.way.precision,
        )
        only = left.written if file_kind(item.models) == "group" else ()
        task = ClusterTask(
            item=ExportItem(item.tomogram.absolute(), item.models.absolute(), only),
            folder=self._folder.absolute(),
            settings=settings,
            way=job.way,
            digests={model: str(records[model]["digest"]) for model in left.written},
            mark=job.mark.absolute(),
        )
        return Work(item.tomogram.name, task, _weight(left))

    def _taken(self, work: Work, answer: Answer, dispatcher: Dispatcher) -> Iterator[Outcome]:
        """Take in what came of a task; yield an outcome if that was the last of its item."""
        under_way = self._under_way.pop(work)
        item, slabs = under_way.item, under_way.slabs
        self.notices += [each for each in answer.notices if each not in self.notices]
        if answer.error:
            others = [each for each, its in self._under_way.items() if its is under_way]
            dispatcher.drop(others)
            for each in others:
                del self._under_way[each]
            self._remove_unfinished(under_way.volumes(self._folder), slabs)
            yield Outcome(item, error=ScsegError(answer.error))
        elif slabs is not None and work is not slabs.join:
            slabs.parts.remove(work)
            if not slabs.parts:
                self._under_way[slabs.join] = under_way
                dispatcher.add(slabs.join)
        else:
            self._remove_unfinished([], slabs)
            written, kept = (
                tuple(self._folder / Path(each).name for each in paths)
                for paths in (answer.written, answer.kept)
            )
            yield Outcome(item, written, under_way.kept + kept)

    def _remove_unfinished(self, volumes: list[Path], slabs: Slabs | None) -> None:
        """Remove what workers have begun, as soon as they have noticed that it is not wanted."""
        try:
            remove_unfinished(volumes, slabs.folder if slabs else None)
        except ScsegError as error:
            self.notices.append(f"Hidden files may be left. {error}")
        finally:
            _let_go(slabs)


@dataclass(frozen=True)
class _Job:
    way: Way
    mark: Path
    workers: int


@dataclass
class _Progress:
    """How far all is: `weight` of `total` is done, and `done` of `count` items."""

    total: int
    count: int
    weight: int = 0
    done: int = 0

    def finish(self, weight: int) -> None:
        self.weight += weight
        self.done += 1

    def told(self, dispatcher: Dispatcher) -> tuple[float, str]:
        works = dispatcher.at_work
        weight = self.weight + sum(work.weight * work.fraction for work in works)
        text = f"{self.done} of {self.count} done"
        at_work = [work for work in works if work.told]
        if not dispatcher.has_workers:
            text += "; waiting for workers"
        elif at_work:
            text += f"; {at_work[0].name}: {at_work[0].told}"
        if len(at_work) > 1:
            text += f", and {len(at_work) - 1} more"
        return min(1.0, weight / max(1, self.total)), text


def _let_go(slabs: Slabs | None) -> None:
    """Let others make the volumes of these slabs."""
    if slabs is not None:
        slabs.held.close()


def _weight(plan: JointSegmentation) -> int:
    return math.prod(plan.first.tomogram.shape[1:]) * len(plan.first.slices) * len(plan.jobs)
