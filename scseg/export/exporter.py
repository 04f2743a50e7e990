"""Exports done one after another by one worker, each for itself: one that fails does not end the others."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.progress import Report, silent, sub_report
from scseg.compute.prediction_rates import PredictionRates
from scseg.compute.segmenter import Segmenter
from scseg.export.estimate import Estimate, check_space, estimated
from scseg.export.planning import planned
from scseg.models import precision

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scseg.compute.segmentation_jobs import JointSegmentation
    from scseg.export.planning import ExportItem
    from scseg.export.settings import ExportSettings
    from scseg.models.precision import Precision


@dataclass(frozen=True)
class Outcome:
    """What came of an item.

    Attributes:
        item: it.
        written: the files that were made.
        kept: volumes that were there already, just as they would be made.
        error: a sentence on why there are no more; None if all of it was done.
    """

    item: ExportItem
    written: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()
    error: ScsegError | None = None


class Exporter:
    """Writes volumes into a folder. Use as a context manager; the worker is started with the first item.

    Used and ended on the thread of its first item, which need not be the main one: the worker ends with it.

    Args:
        folder: where volumes go; it must be there.
        settings: of all items.
        segmenter: a worker that is there already; its owner is the exporter now.

    Raises:
        ScsegError: the settings ask for what this computer cannot do.
    """

    def __init__(
        self, folder: Path, settings: ExportSettings, segmenter: Segmenter | None = None
    ) -> None:
        precision.check_possible(settings.precision)
        self._folder = folder
        self._settings = settings
        self._segmenter = segmenter
        self.notices: list[str] = []
        self.rates = PredictionRates()

    def __enter__(self) -> Exporter:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def release(self) -> Segmenter | None:
        """Return the worker, which is the caller's now; None if there is none, or it failed."""
        self._take_notices()
        released, self._segmenter = self._segmenter, None
        return released

    def estimate(self, plans: Iterable[JointSegmentation]) -> Estimate:
        """Return what plans will take; time is known for models that were at work here already.

        Raises:
            ScsegError: the folder cannot be reached, or what predicts lacks a precision that is asked for.
        """
        if self._segmenter is not None and self._segmenter.ready:
            plans = [self._segmenter.settled(plan) for plan in plans]
        return estimated(plans, self._folder, self.rates, separate=self._settings.separate)

    def engine(self, report: Report = silent) -> str:
        """Return what runs networks here, with its version; waits until the worker is there.

        Raises:
            ScsegError: it does not start.
            CancelledError: from `report`.
        """
        return self._started().engine(report)

    def fast(self, report: Report = silent) -> Precision:
        """Return the precision in which networks are fastest here, what `auto` means; waits likewise.

        Raises:
            ScsegError: the worker does not start.
            CancelledError: from `report`.
        """
        return self._started().fast(report)

    def export(self, item: ExportItem, report: Report = silent) -> Outcome:
        """Do one item: read, predict, apply rules and write, slice by slice; what goes wrong is told in it.

        Memory depends on the size of a slice and on how many slices rules reach, not on how many there are.
        What a killed process has left of the same volume goes on.

        Raises:
            CancelledError: from `report`; of this item nothing unfinished is left.
        """
        with ExitStack() as unfinished:
            # Of the slice that failed or was cancelled, bands are under way.
            unfinished.callback(self._end)
            try:
                plan = planned(item, self._settings, sub_report(report, 0.0, 0.01))
                outcome = self._done(item, plan, sub_report(report, 0.01, 1.0))
            except ScsegError as error:
                return Outcome(item, error=error)
            unfinished.pop_all()
            return outcome

    def _done(self, item: ExportItem, plan: JointSegmentation, report: Report) -> Outcome:
        segmenter = self._started()
        if self._settings.separate:
            return Outcome(item, tuple(segmenter.write_slices(plan, self._folder, report)))
        left: JointSegmentation | None = plan
        if not self._settings.overwrite:
            left = segmenter.without_those_there(plan, self._folder, report)
        wanted = left.written if left else ()
        kept = tuple(
            self._folder / plan.jobs[model].volume_name()
            for model in plan.written
            if model not in wanted
        )
        if left is not None:
            check_space(self.estimate([left]), self._folder)
        written = segmenter.write_volumes(left, self._folder, report) if left else []
        return Outcome(item, tuple(written), kept)

    def _started(self) -> Segmenter:
        if self._segmenter is None:
            self._segmenter = Segmenter(rates=self.rates)
        return self._segmenter

    def _end(self) -> None:
        self._take_notices()
        if self._segmenter is not None:
            self._segmenter.__exit__()
            self._segmenter = None

    def _take_notices(self) -> None:
        if self._segmenter is not None:
            told, self._segmenter.notices = self._segmenter.notices, []
            self.notices += [n for n in told if n not in self.notices]
