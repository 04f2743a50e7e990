"""What the manual page promises of rules in special cases, and its table of a competition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.interactions.competition import winning_pixels
from scseg.interactions.rules import (
    InteractionSettings,
    Rule,
    largest_radius,
    models_needed,
    without_resting_rules,
)
from scseg.interactions.slice_interactions import SliceInteractions

MANUAL = Path("docs/interactions.md")
BOTH = InteractionSettings(emit=True, absorb=True)


def row(*values: float) -> np.ndarray:
    return np.array([values], np.float32)


def kept(
    predictions: dict[str, np.ndarray], interactions: dict[str, InteractionSettings], model: str
) -> list[bool] | None:
    mask = SliceInteractions(predictions, interactions).allowed(
        model, interactions[model].rules, 10.0
    )
    return None if mask is None else mask[0].tolist()


def manual_table() -> dict[str, tuple[InteractionSettings, list[float], list[float]]]:
    """Return what the manual says of each model: its settings, its values, and what becomes of them."""
    rows = {}
    for line in MANUAL.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and cells[1] in ("yes", "no"):
            interaction = InteractionSettings(emit=cells[1] == "yes", absorb=cells[2] == "yes")
            told = [cell.replace("*", "").split("→") for cell in cells[3:]]
            rows[cells[0]] = interaction, [float(t[0]) for t in told], [float(t[-1]) for t in told]
    return rows


def test_the_table_of_the_manual() -> None:
    """Worked by hand there; all four kinds of interaction occur, and a tie."""
    table = manual_table()
    assert len({interaction for interaction, _, _ in table.values()}) == 4
    predictions = {model: row(*before) for model, (_, before, _) in table.items()}
    slice_interactions = SliceInteractions(
        predictions, {model: interaction for model, (interaction, _, _) in table.items()}
    )
    for model, (_, _, after) in table.items():
        np.testing.assert_array_equal(
            slice_interactions.after_competition(model), row(*after), err_msg=model
        )


def test_without_emitters_nobody_absorbs() -> None:
    assert winning_pixels({"a": row(0.5)}, {"a": InteractionSettings(absorb=True)}) == {}


def test_radius_zero_is_the_pixel_itself() -> None:
    predictions = {"a": row(1, 1, 1), "b": row(0, 1, 0)}
    interactions = {
        "a": InteractionSettings(rules=(Rule("avoid", "b", 0.0),)),
        "b": InteractionSettings(),
    }
    assert kept(predictions, interactions, "a") == [True, False, True]


@pytest.mark.parametrize(("kind", "expected"), [("avoid", False), ("colocalise", True)])
def test_a_radius_larger_than_the_image_is_all_of_it(kind: str, expected: bool) -> None:
    predictions = {"a": row(1, 1, 1), "b": row(0, 0, 1)}
    interactions = {
        "a": InteractionSettings(rules=(Rule(kind, "b", 10_000.0),)),
        "b": InteractionSettings(),
    }  # type: ignore[arg-type]
    assert kept(predictions, interactions, "a") == [expected] * 3


@pytest.mark.parametrize(("kind", "expected"), [("avoid", True), ("colocalise", False)])
def test_a_partner_that_finds_nothing(kind: str, expected: bool) -> None:
    predictions = {"a": row(1, 1, 1), "b": row(0, 0, 0.4)}
    interactions = {
        "a": InteractionSettings(rules=(Rule(kind, "b", 10_000.0),)),
        "b": InteractionSettings(),
    }  # type: ignore[arg-type]
    assert kept(predictions, interactions, "a") == [expected] * 3


def test_a_model_may_be_its_own_partner() -> None:
    """Colocalise with itself: what is weak stays only near to what is strong."""
    predictions = {"a": row(0.6, 0.9, 0.6, 0.6)}
    interactions = {"a": InteractionSettings(rules=(Rule("colocalise", "a", 1.0, 0.8),))}
    assert kept(predictions, interactions, "a") == [True, True, True, False]


def test_a_cycle_reads_partners_before_any_rule() -> None:
    """Each avoids the other: where both are, both go, whoever is asked first."""
    predictions = {"a": row(1, 0, 1), "b": row(1, 1, 0)}
    interactions = {
        "a": InteractionSettings(rules=(Rule("avoid", "b", 0.0),)),
        "b": InteractionSettings(rules=(Rule("avoid", "a", 0.0),)),
    }
    assert kept(predictions, interactions, "a") == [False, False, True]
    assert kept(predictions, interactions, "b") == [False, True, False]


def test_partners_are_read_after_competition() -> None:
    """Carbon loses to the membrane in the first pixel, so the rule finds no carbon there."""
    predictions = {"ribosome": row(1, 1), "carbon": row(0.6, 0.6), "membrane": row(0.9, 0.1)}
    interactions = {
        "ribosome": InteractionSettings(rules=(Rule("avoid", "carbon", 0.0),)),
        "carbon": BOTH,
        "membrane": BOTH,
    }
    assert kept(predictions, interactions, "ribosome") == [True, False]


def test_a_rule_rests_while_its_partner_takes_no_part() -> None:
    rule = Rule("colocalise", "carbon", 30.0)
    interactions = {
        "a": InteractionSettings(absorb=True, rules=(rule, Rule("avoid", "b"))),
        "b": InteractionSettings(),
    }
    assert without_resting_rules(interactions) == {
        "a": InteractionSettings(absorb=True, rules=(Rule("avoid", "b"),)),
        "b": InteractionSettings(),
    }


def test_what_must_be_predicted() -> None:
    """Partners of what is shown, and emitters where somebody among them absorbs; nobody else."""
    interactions = {
        "shown": InteractionSettings(rules=(Rule("avoid", "partner"),)),
        "partner": InteractionSettings(absorb=True),
        "emitter": InteractionSettings(emit=True, rules=(Rule("avoid", "far"),)),
        "far": InteractionSettings(),
    }
    assert models_needed(["shown"], interactions) == {"shown", "partner", "emitter"}
    assert models_needed(["far"], interactions) == {"far"}
    assert models_needed(["gone"], interactions) == set()


def test_reach_is_the_largest_radius() -> None:
    interactions = {
        "a": InteractionSettings(rules=(Rule("avoid", "b", 5.0), Rule("avoid", "b", 7.0))),
        "b": InteractionSettings(),
    }
    assert largest_radius(interactions) == 7.0
    assert largest_radius({"b": InteractionSettings()}) == 0.0


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "near"},
        {"radius": -1.0},
        {"radius": 1e5},
        {"radius": float("nan")},
        {"threshold": 0.0},
        {"threshold": 1.01},
    ],
)
def test_impossible_rules_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ScsegError):
        Rule(**{"kind": "avoid", "partner": "b", **values})  # type: ignore[arg-type]
