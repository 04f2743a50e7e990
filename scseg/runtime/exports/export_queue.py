"""Does the exports of the queue one after another; the next start of the program goes on with the rest."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files.folders_to_write import made_folder
from scseg.base.formatting import counted
from scseg.compute.segmentation_jobs import volume_name
from scseg.export.cluster.cluster_exporter import ClusterExporter
from scseg.export.exporter import Exporter, Outcome
from scseg.export.planning import ExportItem, planned
from scseg.persistence.kept_exports import batch_folder
from scseg.runtime.exports.batch_files import BatchFiles
from scseg.runtime.saving.autosave import AutoSavedFile, AutoSaver
from scseg.state.notices import Job, JobEnd

if TYPE_CHECKING:
    from scseg.base.progress import Report
    from scseg.export.settings import ExportSettings
    from scseg.runtime.exports.batch_files import Queue
    from scseg.runtime.inbox import Inbox
    from scseg.runtime.jobs import Jobs
    from scseg.state.exports import QueuedExport
    from scseg.state.session import Session

    Done = tuple[Outcome, list[str]]
    """What came of an export, and what the user should know of it."""

LOST = "The next start cannot go on with the exports."
SECONDS = 1.0
SECONDS_TO_LOOK = 2.0


class ExportQueue:
    """`update` belongs into every frame, `close` after the last; one export is done at a time."""

    def __init__(self, session: Session, jobs: Jobs, inbox: Inbox) -> None:
        self._session = session
        self._jobs = jobs
        self._inbox = inbox
        self._files = BatchFiles()
        file = AutoSavedFile("the exports", LOST, lambda: session.exports.queue, self._files.save)
        self._saver = AutoSaver(file, session, inbox, SECONDS)
        # Until it is known what is left, its folders are not to be touched.
        self._saver.hold()
        self._background = inbox.background("exports", "Looking for exports that go on")
        work = inbox.answering("exports", self._files.take_left, self._go_on)
        self._background.submit(work)
        self._ends = False

    def update(self) -> None:
        self._saver.update()
        exports = self._session.exports
        waiting = exports.next
        if waiting is not None and exports.job is None and not self._ends:
            self._start(waiting)

    def close(self) -> None:
        """Write down what is left; the one that is being written is suspended by its job."""
        self._ends = True
        self._background.close(SECONDS_TO_LOOK)
        self._saver.close()
        self._files.release_all()

    def _go_on(self, left: Queue) -> None:
        exports = self._session.exports
        exports.queue = left + exports.queue
        self._saver.go_on()
        self._background.end()
        if exports.left:
            way = "goes on where it was" if exports.left == 1 else "go on where they were"
            told = f"{counted(exports.left, 'export')} of the queue {way} left: see Export (3)."
            self._session.notify("info", told)

    def _start(self, export: QueuedExport) -> None:
        exports = self._session.exports
        # Its bar is in the queue: a card would lie on the slice for hours.
        job = Job(f"Exporting {Path(export.tomogram).name}", quiet=math.inf, goes_on=True)
        exports.running, exports.job = export.id, job
        done, ended = partial(self._take, export), partial(self._end, export, job)
        self._jobs.start(
            job, partial(_exported, export, self._session.settings.scheduler), done, ended
        )

    def _take(self, export: QueuedExport, done: Done) -> None:
        """Note what came of an export, and tell of what went wrong."""
        outcome, notices = done
        name = Path(export.tomogram).name
        for sentence in notices:
            self._session.notify("warning", f"{name}: {sentence}")
        if outcome.error is not None:
            changed = replace(export, status="failed", told=str(outcome.error))
            self._session.notify("error", f"{name} was not exported. {outcome.error}")
        else:
            volumes = tuple(str(_volume(export, model.name)) for model in export.models)
            told = "" if outcome.written else "there already, made in the same way"
            changed = replace(export, status="done", told=told, volumes=volumes)
        self._session.exports.change(changed)

    def _end(self, export: QueuedExport, job: Job, end: JobEnd) -> None:
        exports = self._session.exports
        exports.job, exports.running = None, ""
        if job.cancelled:
            exports.end(export.id, "cancelled")
        elif end is JobEnd.FAILED:
            exports.end(export.id, "failed", "A fault of the program: the messages tell more.")
        if exports.next is None and end is JobEnd.DONE:
            self._tell_the_end()

    def _tell_the_end(self) -> None:
        done = [each for each in self._session.exports.queue if each.status == "done"]
        if done:
            volumes = sum(len(each.volumes) for each in done)
            folder = done[-1].folder
            self._session.notify("info", f"Exported: {counted(volumes, 'volume')}, in {folder}")


def _exported(export: QueuedExport, scheduler: str, report: Report) -> Done:
    """Do an export, here or by the workers of a scheduler; runs in the thread of its job."""
    models = batch_folder(export.batch) / export.group
    only = tuple(model.file for model in export.models)
    item = ExportItem(Path(export.tomogram), models, only)
    try:
        folder = made_folder(Path(export.folder))
        if scheduler:
            return _exported_by_cluster(item, folder, export.settings, scheduler, report)
        with Exporter(folder, export.settings) as exporter:
            outcome = exporter.export(item, report)
    except ScsegError as error:
        return Outcome(item, error=error), []
    return outcome, exporter.notices


def _exported_by_cluster(
    item: ExportItem, folder: Path, settings: ExportSettings, scheduler: str, report: Report
) -> Done:
    """Have all workers of a scheduler do an export together.

    Raises:
        ScsegError: it cannot be done, or the scheduler cannot be asked.
    """
    exporter = ClusterExporter(scheduler, folder, settings, slab=0)
    plans = {item: planned(item, settings, report)}
    (outcome,) = exporter.export_all(plans, report)
    return outcome, exporter.notices


def _volume(export: QueuedExport, model: str) -> Path:
    return Path(export.folder) / volume_name(Path(export.tomogram), model)
