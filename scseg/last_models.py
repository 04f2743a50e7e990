"""The stage Models of the last session: what is written of it, and read for what it still says."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, get_args

from scseg.annotations.training_boxes import Choice
from scseg.compute.messages import Mode
from scseg.datasets.summary import Summary
from scseg.datasets.volume import is_voxel_size
from scseg.errors import ScsegError
from scseg.interactions.rules import Conduct, Rule
from scseg.models.description import TrainingParameters
from scseg.open_models import Away, Display, Look, Plan, SetPlan
from scseg.said import entries, like, rows, understood

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.open_models import Model, Weights

CHOICES: tuple[Choice, ...] = get_args(Choice)
MOST_RULES = 100
_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class KeptModel:
    """`path` is that of its weights, empty where nothing was learnt; `kept` as in `Weights`.

    With `training`, a run was going on: it may have left weights in the model's folder, newer than `since`.
    `last` and `best` are the files of what the latest run has left, for the user to choose from.
    """

    path: str = ""
    display: Display = field(default_factory=lambda: Display("", (0.3, 0.8, 0.6)))
    id: str = ""
    kept: bool = True
    training: bool = False
    since: float = 0.0
    last: str = ""
    best: str = ""
    plan: Plan = field(default_factory=Plan)
    conduct: Conduct = field(default_factory=Conduct)

    @property
    def key(self) -> str:
        """What no other model of a session has; empty for none at all."""
        return self.id or self.path


def kept_model(model: Model) -> KeptModel:
    """Return what is to come back of a model."""
    weights, run = model.weights, model.run
    where = model.away or Away("")
    if weights is not None:
        where = Away(weights.ref.path, weights.kept)
    return KeptModel(
        path=where.path,
        display=model.display,
        id=model.id,
        kept=where.kept,
        training=run is not None and run.started,
        since=run.since if run is not None else 0.0,
        last=_path(model.last),
        best=_path(model.best),
        plan=model.plan,
        conduct=model.conduct,
    )


def renewed(models: Sequence[KeptModel]) -> tuple[KeptModel, ...]:
    """Return models under ids of their own, for a window beside the one that they are of."""
    ids = {model.id: uuid.uuid4().hex for model in models if model.id}

    def conduct(old: Conduct) -> Conduct:
        rules = (replace(rule, partner=ids.get(rule.partner, rule.partner)) for rule in old.rules)
        return replace(old, rules=tuple(rules))

    return tuple(
        replace(
            each,
            id=ids.get(each.id, ""),
            training=False,
            last="",
            best="",
            conduct=conduct(each.conduct),
        )
        for each in models
    )


def _path(weights: Weights | None) -> str:
    return weights.ref.path if weights is not None else ""


def understood_model(said: object) -> KeptModel:
    """Return what was said of a model, as far as it makes sense."""
    given = entries(said)
    kept = understood(KeptModel(), said)
    return replace(
        kept,
        # It names a folder.
        id=kept.id if _ID.fullmatch(kept.id) else "",
        display=_display(given.get("display")),
        plan=_plan(given.get("plan")),
        conduct=_conduct(given.get("conduct")),
    )


def understood_set_plan(said: object) -> SetPlan:
    """Return what was said of the next training set, as far as it makes sense."""
    given = entries(said)
    apix = like(0.0, given.get("apix"))
    left_out = rows(given.get("left_out"))
    choices = {
        name: legal
        for name, choice in entries(given.get("choices")).items()
        for legal in CHOICES
        if type(choice) is int and choice == legal
    }
    return replace(
        understood(SetPlan(), said),
        choices=choices,
        left_out=frozenset(path for path in left_out if isinstance(path, str)),
        apix=apix if is_voxel_size(apix) else None,
    )


def _display(said: object) -> Display:
    display = understood(KeptModel().display, said)
    if display.look not in get_args(Look) or display.mode not in get_args(Mode):
        display = replace(display, look="filled", mode="tiles")
    match entries(said).get("colour"):
        case [red, green, blue]:
            display = replace(display, colour=(_part(red), _part(green), _part(blue)))
    return display


def _plan(said: object) -> Plan:
    given = entries(said)
    return Plan(
        architecture=like("VGGNet", given.get("architecture")),
        training_set=_summary(given.get("training_set")),
        parameters=_parameters(given.get("parameters")),
    )


def _parameters(said: object) -> TrainingParameters:
    validation = entries(said).get("validation")
    try:
        parameters = understood(TrainingParameters(), said)
        if isinstance(validation, int | float) and not isinstance(validation, bool):
            parameters = replace(parameters, validation=validation)
    except ScsegError:
        return TrainingParameters()
    return parameters


def _summary(said: object) -> Summary | None:
    names = rows(entries(said).get("features"))
    summary = replace(
        understood(Summary("", 0, 0, 0, 1, 0.0, (), ""), said),
        features=tuple(name for name in names if isinstance(name, str)),
    )
    sizes = min(summary.count, summary.box_size, summary.depth)
    makes_sense = sizes > 0 and 0 <= summary.positives <= summary.count
    return summary if summary.path and makes_sense and is_voxel_size(summary.apix) else None


def _conduct(said: object) -> Conduct:
    rules = map(_rule, rows(entries(said).get("rules"))[:MOST_RULES])
    return replace(understood(Conduct(), said), rules=tuple(rule for rule in rules if rule))


def _rule(said: object) -> Rule | None:
    try:
        return understood(Rule("avoid", ""), said)
    except ScsegError:
        return None


def _part(said: object) -> float:
    part: float = like(0.0, said)
    return max(0.0, min(part, 1.0))
