"""Finds out, in a thread, what the planned export would take: its files, the disk, the time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.exports import planning
from scseg.base.errors import ScsegError
from scseg.export.estimate import estimated
from scseg.state.exports import Estimated
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.compute.prediction_rates import PredictionRates
    from scseg.compute.segmentation_jobs import JointSegmentation
    from scseg.runtime.inbox import Inbox
    from scseg.state.session import Session

SECONDS_TO_END = 1.0


class ExportEstimates:
    """`update` belongs into every frame: where the stage is seen, it estimates anew what has changed."""

    def __init__(self, session: Session, inbox: Inbox, rates: PredictionRates) -> None:
        self._session = session
        self._inbox = inbox
        self._rates = rates
        self._asked: object = None
        self._background = inbox.background("estimates", "Estimating the export")

    def update(self) -> None:
        session = self._session
        if session.stage != Stage.EXPORT:
            return
        now = planning.state(session), self._rates.known, session.exports.running
        if now == self._asked:
            return
        self._asked = now
        if planning.obstacle(session):
            session.exports.estimated = Estimated()
            return
        try:
            plans = [planning.planned(session, opened) for opened in planning.ticked(session)]
        except ScsegError as error:
            session.exports.estimated = Estimated(trouble=str(error))
            return
        work = partial(_estimated, plans, planning.folder(session), self._rates.copy())
        self._background.submit_only(
            [self._inbox.answering("estimates", work, partial(self._take, now))]
        )

    def close(self) -> None:
        self._background.close(SECONDS_TO_END)

    def _take(self, of: object, found: Estimated) -> None:
        if of == self._asked:
            self._session.exports.estimated = found


def _estimated(plans: list[JointSegmentation], folder: Path, rates: PredictionRates) -> Estimated:
    try:
        return Estimated(estimated(plans, folder, rates))
    except ScsegError as error:
        return Estimated(trouble=str(error))
