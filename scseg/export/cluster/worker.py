"""What runs on a worker of Dask, which calls it by its name. Text in, text out.

`introduce` is what any version of this program asks another first: its name and its answer stay.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from pathlib import Path
from typing import TYPE_CHECKING

from scseg import __version__
from scseg.base.cores import VARIABLE
from scseg.base.errors import ScsegError, SuspendedError
from scseg.compute.volume_records import volume_records
from scseg.export.cluster.joining import joined
from scseg.export.cluster.kept_networks import kept_networks
from scseg.export.cluster.tasks import (
    Answer,
    Way,
    answer_text,
    is_of_this_program,
    task_from_text,
    unseen,
    way_text,
)
from scseg.export.cluster.watch import Watch
from scseg.export.exporter import Exporter, Outcome
from scseg.export.planning import planned
from scseg.export.settings import ExportSettings
from scseg.models import precision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distributed import Worker

    from scseg.base.progress import Report
    from scseg.export.cluster.tasks import ClusterTask
    from scseg.models.precision import PrecisionChoice


def introduce(choice: PrecisionChoice, topic: str) -> str:
    """Tell how this worker predicts, where the user has chosen a precision; starts its networks for that."""
    watch = Watch(topic)
    _prepare(watch.worker)
    return way_text(
        _way(choice, watch.report), gpu=watch.worker.state.total_resources.get("GPU", 0) >= 1
    )


def work(text: str, topic: str) -> str:
    """Do a task, and tell how far it is to those who listen to a topic of Dask's events."""
    if not is_of_this_program(text):
        return answer_text(Answer(refused=f"runs scSegmentation {__version__}"))
    task, watch = task_from_text(text), Watch(topic)
    _prepare(watch.worker)
    try:
        return answer_text(_answer(task, watch.report))
    except SuspendedError:
        return answer_text(Answer(stopped=True))
    except ScsegError as error:
        return answer_text(Answer(error=str(error)))


def _way(choice: PrecisionChoice, report: Report) -> Way:
    """Return how this worker predicts, where the user has chosen a precision."""
    with _exporter(Path(), ExportSettings()) as exporter:
        engine, fast = exporter.engine(report), exporter.fast(report)
    return Way(__version__, engine, precision.resolved(choice, fast))


def _prepare(worker: Worker) -> None:
    """Let this process have a process for networks, in as many threads as the worker has."""
    # Dask's nanny makes its workers daemons of multiprocessing, which may have no children. The child ends
    # with its pipe, whatever becomes of the worker.
    multiprocessing.current_process().daemon = False
    os.environ.setdefault(VARIABLE, str(worker.state.nthreads))


def _answer(task: ClusterTask, report: Report) -> Answer:
    if path := unseen(task):
        return Answer(refused=_does_not_see(task.folder if path == task.mark else path))
    if (way := _way(task.settings.precision, report)) != task.way:
        return Answer(refused=f"predicts with {way.engine} in {way.precision}")
    with _exporter(task.folder, task.settings) as exporter:
        plan = planned(task.item, task.settings, report)
        records = volume_records(plan, way.engine)
        if {model: record["digest"] for model, record in records.items()} != task.digests:
            return Answer(refused=_does_not_see(task.item.tomogram))
        if task.parts:
            outcome = Outcome(task.item, joined(plan, records, task, report))
        else:
            outcome = exporter.export(task.item, report)
    return Answer(
        written=tuple(map(str, outcome.written)),
        kept=tuple(map(str, outcome.kept)),
        error="" if outcome.error is None else str(outcome.error),
        notices=tuple(exporter.notices),
    )


@contextlib.contextmanager
def _exporter(folder: Path, settings: ExportSettings) -> Iterator[Exporter]:
    """Yield an exporter whose worker of networks is that of the last task, and is kept for the next."""
    kept = kept_networks()
    with Exporter(folder, settings, kept.take()) as exporter:
        yield exporter
        kept.keep(exporter.release())


def _does_not_see(path: Path) -> str:
    return (
        f"does not see {path} as this machine does: tomograms, models and the folder for volumes must lie "
        "on a disk that all machines share, by the same absolute paths"
    )
