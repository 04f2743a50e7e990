"""Which part of a training set a model learns from, and which judges it: found out before it is trained."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.compute.training_split import split_training_set
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.models.sampling import Counts, describe_epoch
from scseg.state.models import ValidationShares
from scseg.state.requests import Work

if TYPE_CHECKING:
    from scseg.base.progress import Report
    from scseg.state.models import Model
    from scseg.state.requests import Workflow
    from scseg.state.session import Session


def find_out(session: Session, model: Model) -> None:
    """Divide a model's set in a thread, as its training will, where set or validation are new."""
    found, validation = model.plan.training_set, model.plan.parameters.validation
    if found is None or validation == 0:
        model.shares = None
        return
    asked = ValidationShares(found, validation)
    shares = model.shares
    if shares is not None and (shares.training_set, shares.validation) == (found, validation):
        return
    model.shares = asked
    session.requests.append(_divide(model, asked))


def _divide(model: Model, asked: ValidationShares) -> Workflow:
    title = f"Counting the boxes of {Path(asked.training_set.path).name}"
    answer: ValidationShares = yield Work(title, partial(_divided, asked))
    if model.shares == asked:
        model.shares = answer


def samples_told(model: Model) -> str:
    """Return what an epoch of a model's training shows, in a few words; nothing without a set."""
    found, chosen = model.plan.training_set, model.plan.parameters
    if found is None:
        return ""
    learnt = model.shares.learnt if model.shares is not None else None
    boxes = learnt or Counts(found.positives, found.negatives)
    sentence = describe_epoch(boxes, chosen.copies, chosen.negatives)
    is_final = learnt is not None or chosen.validation == 0
    return sentence if is_final else f"{sentence}, before boxes are held out"


def held_out_told(model: Model) -> str:
    """Return how many boxes judge the model, or why none do; nothing while that is not known."""
    shares = model.shares
    if shares is None or shares.held_out is None:
        return ""
    held = shares.held_out
    if not held.total:
        return shares.why_not
    are = "box is" if held.total == 1 else "boxes are"
    return f"{held.positives} + {held.negatives} {are} held out to judge by"


def _divided(asked: ValidationShares, report: Report) -> ValidationShares:
    path = Path(asked.training_set.path)
    report(0.0, "reading")
    training_set = load_training_set(path)
    report(0.5, "dividing")
    division = split_training_set(training_set, asked.validation)
    return replace(asked, learnt=division.boxes, held_out=division.held, why_not=division.why_not)
