"""Starting an export: its models are copied as they are now, then its tomograms wait in the queue."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.exports import planning
from scseg.actions.models import groups
from scseg.actions.models.groups import Member, saved_models, write_group
from scseg.base.files.folders_to_write import made_folder
from scseg.base.formatting import counted
from scseg.compute.prediction_rates import PredictionRates
from scseg.export.estimate import check_space, estimated
from scseg.export.planning import check_names
from scseg.interactions.group import SUFFIX
from scseg.persistence.kept_exports import batch_folder
from scseg.state.exports import ExportedModel, QueuedExport
from scseg.state.requests import Work

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.actions.models.groups import Saved
    from scseg.base.progress import Report
    from scseg.compute.segmentation_jobs import JointSegmentation
    from scseg.export.settings import ExportSettings
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


@dataclass(frozen=True, eq=False)
class _Order:
    """What is asked for of a tomogram: the models that are applied, and the ids of those written."""

    plan: JointSegmentation
    members: tuple[Member, ...]
    settings: ExportSettings


def can_start(session: Session) -> bool:
    return not planning.obstacle(session)


def start(session: Session) -> None:
    """Put the planned export into the queue, as it is now.

    Raises:
        ScsegError: a model cannot be applied to a tomogram.
    """
    if not can_start(session):
        return
    # Now: while models are being copied they may go on learning, and sliders may move.
    orders = [_order(session, opened) for opened in planning.ticked(session)]
    session.requests.append(_starting(session, orders, planning.folder(session)))


def _starting(session: Session, orders: list[_Order], folder: Path) -> Workflow:
    batch = uuid.uuid4().hex
    busy = session.exports.left
    run = partial(_queued, orders, batch, folder, deep=session.settings.rules_in_3d)
    queued: tuple[QueuedExport, ...] = yield Work("Preparing the export", run)
    session.exports.queue += queued
    if busy:
        session.notify("info", f"Queued behind {counted(busy, 'export')}.")


def _order(session: Session, opened: OpenTomogram) -> _Order:
    plan = planning.planned(session, opened)
    models = planning.acting_models(session, opened)
    settings = planning.settings(session, opened)
    return _Order(plan, tuple(map(groups.member, models)), settings)


def _queued(
    orders: list[_Order], batch: str, folder: Path, report: Report, *, deep: bool
) -> tuple[QueuedExport, ...]:
    """Look at all that can be wrong, then copy the models; return what goes into the queue.

    Raises:
        ScsegError: names clash, the disk has too little space, a folder or file cannot be read or written.
    """
    plans = [order.plan for order in orders]
    made_folder(folder)
    check_names(plans, folder)
    check_space(estimated(plans, folder, PredictionRates()), folder)
    kept = made_folder(batch_folder(batch))
    members = {each.id: each for order in orders for each in order.members}
    saved = saved_models(list(members.values()), kept, report)
    names = _groups(orders, saved, kept, deep=deep)
    return tuple(
        QueuedExport(
            id=uuid.uuid4().hex,
            batch=batch,
            group=name,
            tomogram=str(order.plan.first.tomogram.path),
            models=tuple(_exported(model, saved) for model in order.plan.written),
            folder=str(folder),
            settings=order.settings,
        )
        for order, name in zip(orders, names, strict=True)
    )


def _groups(orders: list[_Order], saved: Saved, folder: Path, *, deep: bool) -> list[str]:
    """Write how the models of each order act on one another; return the names of the files.

    On most tomograms the same models act, and the file is the same.
    """
    written: dict[frozenset[str], str] = {}
    names = []
    for order in orders:
        acting = frozenset(each.id for each in order.members)
        if acting not in written:
            written[acting] = f"models_{len(written)}{SUFFIX}"
            write_group(order.members, saved, folder / written[acting], deep=deep)
        names.append(written[acting])
    return names


def _exported(model: str, saved: Saved) -> ExportedModel:
    path, description = saved[model]
    display = description.display
    return ExportedModel(path.name, description.name, description.colour, display.threshold)
