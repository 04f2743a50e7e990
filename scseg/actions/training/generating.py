"""Making a training set of what is annotated: named, cut out in a thread, written, given to a model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.training import new_set, training_plan
from scseg.annotations import training_boxes
from scseg.base.formatting import counted
from scseg.base.progress import sub_report
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.extraction import SetParameters, extract
from scseg.datasets.training_sets.summary import TrainingSetSummary, summarise
from scseg.datasets.training_sets.training_set import default_file_name, save_training_set
from scseg.models.description import safe_name
from scseg.state.requests import FileToWrite, Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.annotations.contents import Contents
    from scseg.base.progress import Report
    from scseg.compute.messages import TomogramRef
    from scseg.state.models import SetPlan
    from scseg.state.requests import Workflow
    from scseg.state.session import Session


@dataclass(frozen=True, eq=False)
class _Part:
    """A tomogram to be sampled, and its annotation as it is now."""

    ref: TomogramRef
    contents: Contents


def generate(session: Session) -> None:
    """Ask for the name of the training set, then make it."""
    size, positives = new_set.apix(session), new_set.chosen(session, 1)
    if size is None:
        return
    plan = session.set_plan
    name = default_file_name(size, plan.box_size, tuple(map(safe_name, positives)), plan.depth)
    proposed = new_set.contributing(session)[0].tomogram.path.with_name(name)
    session.requests.append(_generate(session, proposed))


def _generate(session: Session, proposed: Path) -> Workflow:
    path: Path = yield FileToWrite("Generate a training set", proposed)
    yield from write(session, path)


def write(session: Session, path: Path) -> Workflow:
    """Make the training set, write it, and give it to a model."""
    plan = session.set_plan
    positives, negatives = new_set.chosen(session, 1), new_set.chosen(session, -1)
    apix = new_set.apix(session)
    parameters = SetParameters(plan.box_size, apix, positives, negatives, plan.depth)
    parts = [
        _Part(each.ref, each.annotation.contents.snapshot())
        for each in new_set.contributing(session)
        if each.annotation is not None
    ]
    run = partial(_made, parts, plan, parameters, path)
    made: TrainingSetSummary = yield Work(f"Generating {path.name}", run, keeps=True)
    session.notify("info", f"Written: {path}, {_told(made)}")
    training_plan.offer_set(session, made)


def _made(
    parts: Sequence[_Part], plan: SetPlan, parameters: SetParameters, path: Path, report: Report
) -> TrainingSetSummary:
    """Cut out and write the boxes of all tomograms, each opened for this thread alone."""
    cut_from = []
    for number, each in enumerate(parts):
        opening = sub_report(report, 0.1 * number / len(parts), 0.1 * (number + 1) / len(parts))
        ref = each.ref
        tomogram = open_tomogram(Path(ref.path), apix=ref.apix, signed=ref.signed, report=opening)
        cut_from.append(training_boxes.annotated_tomogram(tomogram, each.contents, plan.choices))
    made = extract(cut_from, parameters, sub_report(report, 0.1, 0.8))
    save_training_set(made, path, sub_report(report, 0.8, 0.95))
    report(0.95, "checking")
    return summarise(made, path)


def _told(made: TrainingSetSummary) -> str:
    return f"{made.positives} positive and {counted(made.negatives, 'negative box')}"
