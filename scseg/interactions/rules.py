"""What a model does to others and lets others do to it, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from scseg.base.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RuleKind = Literal["avoid", "colocalise"]
RULE_KINDS: tuple[RuleKind, ...] = ("avoid", "colocalise")

LARGEST_RADIUS = 10_000.0
"""In nm; more than any tomogram holds."""


@dataclass(frozen=True)
class Rule:
    """Avoid: nothing within `radius` (nm) of where the partner finds something; colocalise: nothing else.

    The partner (an id) finds something where its value reaches `threshold`.

    Raises:
        ScsegError: a value is out of bounds, so that whatever is written can be read again.
    """

    kind: RuleKind
    partner: str
    radius: float = 30.0
    threshold: float = 0.5

    def __post_init__(self) -> None:
        if self.kind not in RULE_KINDS:
            raise ScsegError(f"A rule is one of {', '.join(RULE_KINDS)}, not {self.kind!r:.40}.")
        if not 0.0 <= self.radius <= LARGEST_RADIUS:  # false for NaN too
            raise ScsegError(
                f"The radius of a rule lies from 0 to {LARGEST_RADIUS:g} nm, not {self.radius!r:.40}."
            )
        if not 0.0 < self.threshold <= 1.0:
            raise ScsegError(
                f"The threshold of a partner lies above 0 and up to 1, not {self.threshold!r:.40}."
            )


@dataclass(frozen=True)
class InteractionSettings:
    """How the predictions of a model act on those of others.

    Attributes:
        emit: takes pixels from absorbing models whose values are lower.
        absorb: loses pixels to emitting models whose values are higher.
        rules: each removes some of the model's own pixels.
    """

    emit: bool = False
    absorb: bool = False
    rules: tuple[Rule, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the model's values stay as they are, whatever others predict."""
        return not self.absorb and not self.rules


def interaction_record(interaction: InteractionSettings) -> dict[str, Any]:
    """Return what files hold of an interaction."""
    return {
        "emit": interaction.emit,
        "absorb": interaction.absorb,
        "rules": list(map(rule_record, interaction.rules)),
    }


def interaction_from_record(record: object) -> InteractionSettings:
    """Return the interaction of a record; what is missing has its default, unknown keys are dropped.

    Raises:
        ScsegError: it is of none.
    """
    if not isinstance(record, dict) or not isinstance(record.get("rules", []), list):
        raise ScsegError("what a model does to others is not completed")
    return InteractionSettings(
        emit=as_flag(record.get("emit", False)),
        absorb=as_flag(record.get("absorb", False)),
        rules=tuple(map(rule_from_record, record.get("rules", []))),
    )


def rule_record(rule: Rule) -> dict[str, Any]:
    """Return what files hold of a rule."""
    return {
        "kind": rule.kind,
        "partner": rule.partner,
        "radius": rule.radius,
        "threshold": rule.threshold,
    }


def rule_from_record(record: object) -> Rule:
    """Return the rule of a record; what is missing has its default, unknown keys are dropped.

    Raises:
        ScsegError: it is of none, or a value is out of bounds.
    """
    if not isinstance(record, dict) or not isinstance(record.get("partner"), str):
        raise ScsegError("a rule has no partner")
    if "kind" not in record:
        raise ScsegError("a rule has no kind")
    completed = rule_record(Rule("avoid", record["partner"])) | record
    try:
        return Rule(
            kind=completed["kind"],
            partner=completed["partner"],
            radius=completed["radius"],
            threshold=completed["threshold"],
        )
    except TypeError as error:
        raise ScsegError(f"a rule is none ({error})") from error


def as_flag(value: object) -> bool:
    """Return what is true or false.

    Raises:
        ScsegError: it is neither.
    """
    if not isinstance(value, bool):
        raise ScsegError(f"{value!r:.40} is neither true nor false")
    return value


SettingsByModel = dict[str, InteractionSettings]
"""The interaction settings of each model that takes part, by the id of the model."""


def without_resting_rules(interactions: Mapping[str, InteractionSettings]) -> SettingsByModel:
    """Return the settings without the rules whose partner is not among the models: such rules rest."""
    return {
        model: InteractionSettings(
            interaction.emit,
            interaction.absorb,
            tuple(rule for rule in interaction.rules if rule.partner in interactions),
        )
        for model, interaction in interactions.items()
    }


def models_needed(
    shown: Iterable[str], interactions: Mapping[str, InteractionSettings]
) -> frozenset[str]:
    """Return the ids of the models that must be predicted in order to show some, these included.

    Partners are read after competition, so emitters are needed wherever a partner or a shown model absorbs.
    """
    wanted = {model for model in shown if model in interactions}
    wanted |= {
        rule.partner
        for model in wanted
        for rule in interactions[model].rules
        if rule.partner in interactions
    }
    if any(interactions[model].absorb for model in wanted):
        wanted |= {model for model, interaction in interactions.items() if interaction.emit}
    return frozenset(wanted)


def largest_radius(interactions: Mapping[str, InteractionSettings]) -> float:
    """Return the largest radius (nm) of all rules: how far around a region partners have to be known."""
    return max(
        (rule.radius for interaction in interactions.values() for rule in interaction.rules),
        default=0.0,
    )
