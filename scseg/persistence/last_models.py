"""The stage Models of the last session: what is written of it, and read for what it still says."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, get_args

from scseg.annotations.training_boxes import Choice
from scseg.base.errors import ScsegError
from scseg.base.json_values import as_dict, as_list, coerce_like, merge_known
from scseg.datasets.formats.volume import is_voxel_size
from scseg.datasets.training_sets.summary import TrainingSetSummary
from scseg.interactions.rules import (
    InteractionSettings,
    Rule,
    interaction_record,
    rule_from_record,
    rule_record,
)
from scseg.models.description import (
    TrainingParameters,
    training_from_record,
    training_record,
    usual_training_record,
)
from scseg.persistence.last_displays import USUAL, display_from, display_record, on_these
from scseg.state.models import Display, SetPlan, TrainingPlan, UnloadedWeights

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from scseg.state.models import Model, Weights

CHOICES: tuple[Choice, ...] = get_args(Choice)
MOST_RULES = 100
_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class ModelRecord:
    """`path` is that of its weights, empty where nothing was learnt; `kept` as in `Weights`.

    With `training`, a run was going on: it may have left weights in the model's folder, newer than `since`.
    `last` and `best` are the files of what the latest run has left, for the user to choose from.
    """

    path: str = ""
    display: Display = USUAL
    id: str = ""
    kept: bool = True
    training: bool = False
    since: float = 0.0
    last: str = ""
    best: str = ""
    plan: TrainingPlan = field(default_factory=TrainingPlan)
    interaction: InteractionSettings = field(default_factory=InteractionSettings)

    @property
    def key(self) -> str:
        """What no other model of a session has; empty for none at all."""
        return self.id or self.path


def record_of_model(model: Model, tomograms: Container[str]) -> ModelRecord:
    """Return what is to come back of a model; `tomograms` are the paths of those that come back, too."""
    weights, run = model.weights, model.run
    where = model.unloaded or UnloadedWeights("")
    if weights is not None:
        where = UnloadedWeights(weights.ref.path, weights.kept)
    return ModelRecord(
        path=where.path,
        display=on_these(model.display, tomograms),
        id=model.id,
        kept=where.kept,
        training=run is not None and run.started,
        since=run.since if run is not None else 0.0,
        last=_path(model.last),
        best=_path(model.best),
        plan=model.plan,
        interaction=model.interaction,
    )


def with_new_ids(models: Sequence[ModelRecord]) -> tuple[ModelRecord, ...]:
    """Return models under ids of their own, for a window beside the one that they are of."""
    ids = {model.id: uuid.uuid4().hex for model in models if model.id}

    def interaction(old: InteractionSettings) -> InteractionSettings:
        rules = (replace(rule, partner=ids.get(rule.partner, rule.partner)) for rule in old.rules)
        return replace(old, rules=tuple(rules))

    return tuple(
        replace(
            each,
            id=ids.get(each.id, ""),
            training=False,
            last="",
            best="",
            interaction=interaction(each.interaction),
        )
        for each in models
    )


def _path(weights: Weights | None) -> str:
    return weights.ref.path if weights is not None else ""


def model_record(model: ModelRecord) -> dict[str, Any]:
    """Return what stands of a model in the file."""
    return {
        "path": model.path,
        "display": display_record(model.display),
        "id": model.id,
        "kept": model.kept,
        "training": model.training,
        "since": model.since,
        "last": model.last,
        "best": model.best,
        "plan": _plan_record(model.plan),
        "conduct": interaction_record(model.interaction),
    }


def model_from(said: object) -> ModelRecord:
    """Return the model of a record, as far as that makes sense."""
    told, given = merge_known(model_record(ModelRecord()), said), as_dict(said)
    return ModelRecord(
        path=told["path"],
        display=display_from(given.get("display")),
        # It names a folder.
        id=told["id"] if _ID.fullmatch(told["id"]) else "",
        kept=told["kept"],
        training=told["training"],
        since=told["since"],
        last=told["last"],
        best=told["best"],
        plan=_plan_from(given.get("plan")),
        interaction=_interaction_from(given.get("conduct")),
    )


def set_plan_record(plan: SetPlan) -> dict[str, Any]:
    """Return what stands of the next training set in the file."""
    return {
        "choices": dict(plan.choices),
        "left_out": sorted(plan.left_out),
        "box_size": plan.box_size,
        "apix": plan.apix,
        "depth": plan.depth,
    }


def set_plan_from(said: object) -> SetPlan:
    """Return the plan of a record, as far as that makes sense."""
    told, given = merge_known(set_plan_record(SetPlan()), said), as_dict(said)
    apix = coerce_like(0.0, given.get("apix"))
    left_out = as_list(given.get("left_out"))
    choices = {
        name: legal
        for name, choice in as_dict(given.get("choices")).items()
        for legal in CHOICES
        if type(choice) is int and choice == legal
    }
    return SetPlan(
        choices=choices,
        left_out=frozenset(path for path in left_out if isinstance(path, str)),
        box_size=told["box_size"],
        apix=apix if is_voxel_size(apix) else None,
        depth=told["depth"],
    )


def _plan_record(plan: TrainingPlan) -> dict[str, Any]:
    return {
        "architecture": plan.architecture,
        "training_set": None if plan.training_set is None else _summary_record(plan.training_set),
        "parameters": training_record(plan.parameters),
    }


def _plan_from(said: object) -> TrainingPlan:
    given = as_dict(said)
    return TrainingPlan(
        architecture=coerce_like(TrainingPlan().architecture, given.get("architecture")),
        training_set=_summary_from(given.get("training_set")),
        parameters=_training_from(given.get("parameters")),
    )


def _training_from(said: object) -> TrainingParameters:
    told = merge_known(usual_training_record(), said)
    validation = as_dict(said).get("validation")
    if isinstance(validation, int | float) and not isinstance(validation, bool):
        told["validation"] = validation
    try:
        return training_from_record(told)
    except ScsegError:
        return TrainingParameters()


def _summary_record(summary: TrainingSetSummary) -> dict[str, Any]:
    # Left out where it is not known, as in what was kept before it was.
    known = {"normalisation": summary.normalisation} if summary.normalisation else {}
    return {
        "path": summary.path,
        "count": summary.count,
        "positives": summary.positives,
        "box_size": summary.box_size,
        "depth": summary.depth,
        "apix": summary.apix,
        "features": summary.features,
        "sha256": summary.sha256,
        **known,
    }


def _summary_from(said: object) -> TrainingSetSummary | None:
    usual = {"normalisation": ""} | _summary_record(TrainingSetSummary("", 0, 0, 0, 1, 0.0, (), ""))
    told = merge_known(usual, said)
    summary = TrainingSetSummary(
        path=told["path"],
        count=told["count"],
        positives=told["positives"],
        box_size=told["box_size"],
        depth=told["depth"],
        apix=told["apix"],
        features=tuple(n for n in as_list(as_dict(said).get("features")) if isinstance(n, str)),
        sha256=told["sha256"],
        normalisation=told["normalisation"],
    )
    sizes = min(summary.count, summary.box_size, summary.depth)
    makes_sense = sizes > 0 and 0 <= summary.positives <= summary.count
    return summary if summary.path and makes_sense and is_voxel_size(summary.apix) else None


def _interaction_from(said: object) -> InteractionSettings:
    told = merge_known(interaction_record(InteractionSettings()), said)
    rules = map(_rule_from, as_list(as_dict(said).get("rules"))[:MOST_RULES])
    return InteractionSettings(
        emit=told["emit"],
        absorb=told["absorb"],
        rules=tuple(rule for rule in rules if rule),
    )


def _rule_from(said: object) -> Rule | None:
    try:
        return rule_from_record(merge_known(rule_record(Rule("avoid", "")), said))
    except ScsegError:
        return None
