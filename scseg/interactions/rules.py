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
class Conduct:
    """How a model takes part: emitters outbid absorbers, and every rule removes from the model itself."""

    emit: bool = False
    absorb: bool = False
    rules: tuple[Rule, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the model's values stay as they are, whatever others predict."""
        return not self.absorb and not self.rules


def conduct_record(conduct: Conduct) -> dict[str, Any]:
    """Return what stands of a conduct in files."""
    return {
        "emit": conduct.emit,
        "absorb": conduct.absorb,
        "rules": list(map(rule_record, conduct.rules)),
    }


def conduct_from(said: object) -> Conduct:
    """Return the conduct of a record; what is missing has its default, unknown keys are dropped.

    Raises:
        ScsegError: it is of none.
    """
    if not isinstance(said, dict) or not isinstance(said.get("rules", []), list):
        raise ScsegError("what a model does to others is not told")
    return Conduct(
        emit=flag(said.get("emit", False)),
        absorb=flag(said.get("absorb", False)),
        rules=tuple(map(rule_from, said.get("rules", []))),
    )


def rule_record(rule: Rule) -> dict[str, Any]:
    """Return what stands of a rule in files."""
    return {
        "kind": rule.kind,
        "partner": rule.partner,
        "radius": rule.radius,
        "threshold": rule.threshold,
    }


def rule_from(said: object) -> Rule:
    """Return the rule of a record; what is missing has its default, unknown keys are dropped.

    Raises:
        ScsegError: it is of none, or a value is out of bounds.
    """
    if not isinstance(said, dict) or not isinstance(said.get("partner"), str):
        raise ScsegError("a rule has no partner")
    if "kind" not in said:
        raise ScsegError("a rule has no kind")
    told = rule_record(Rule("avoid", said["partner"])) | said
    try:
        return Rule(
            kind=told["kind"],
            partner=told["partner"],
            radius=told["radius"],
            threshold=told["threshold"],
        )
    except TypeError as error:
        raise ScsegError(f"a rule is none ({error})") from error


def flag(said: object) -> bool:
    """Return what is true or false.

    Raises:
        ScsegError: it is neither.
    """
    if not isinstance(said, bool):
        raise ScsegError(f"{said!r:.40} is neither true nor false")
    return said


Conducts = dict[str, Conduct]
"""The conduct of each model that takes part, by the model's id."""


def effective(conducts: Mapping[str, Conduct]) -> Conducts:
    """Return the conducts without the rules whose partner takes no part: such a rule rests."""
    return {
        model: Conduct(
            conduct.emit,
            conduct.absorb,
            tuple(rule for rule in conduct.rules if rule.partner in conducts),
        )
        for model, conduct in conducts.items()
    }


def needed(shown: Iterable[str], conducts: Mapping[str, Conduct]) -> frozenset[str]:
    """Return the models that must be predicted to know those that are shown, themselves included.

    Partners are read after competition, so emitters are needed wherever a partner or a shown model absorbs.
    """
    wanted = {model for model in shown if model in conducts}
    wanted |= {
        rule.partner
        for model in wanted
        for rule in conducts[model].rules
        if rule.partner in conducts
    }
    if any(conducts[model].absorb for model in wanted):
        wanted |= {model for model, conduct in conducts.items() if conduct.emit}
    return frozenset(wanted)


def reach(conducts: Mapping[str, Conduct]) -> float:
    """Return the largest radius (nm) of all rules: how far around a region partners have to be known."""
    return max(
        (rule.radius for conduct in conducts.values() for rule in conduct.rules), default=0.0
    )
