"""Rules between models as the user changes them: steps of undo, and what goes with a removed partner."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scseg.actions import restoring, undo
from scseg.actions.models import interactions, model_list
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.persistence.last_models import ModelRecord
from scseg.state.session import Session

if TYPE_CHECKING:
    from scseg.state.models import Model


@pytest.fixture
def session() -> Session:
    return Session()


def two(session: Session) -> tuple[Model, Model]:
    return model_list.new(session), model_list.new(session)


def test_a_new_rule_avoids_a_model_that_has_none_yet(session: Session) -> None:
    membrane, carbon = two(session)
    ribosome = model_list.new(session)
    for _ in range(3):
        interactions.add_rule(session, membrane)
    partners = [rule.partner for rule in membrane.interaction.rules]
    assert partners == [carbon.id, ribosome.id, carbon.id]


def test_a_drag_is_one_step(session: Session) -> None:
    membrane, carbon = two(session)
    interactions.add_rule(session, membrane)
    interactions.commit(session)
    for radius in (10.0, 20.0, 40.0):
        rule = Rule("avoid", carbon.id, radius)
        interactions.change_rule(session, membrane, 0, rule)
    interactions.commit(session)
    assert membrane.interaction.rules[0].radius == 40.0
    undo.undo(session)
    assert membrane.interaction.rules[0].radius == 30.0
    undo.redo(session)
    assert membrane.interaction.rules[0].radius == 40.0


def test_undo_in_the_middle_of_a_drag_takes_the_drag_back(session: Session) -> None:
    membrane, _ = two(session)
    interactions.change(session, membrane, InteractionSettings(emit=True))
    undo.undo(session)
    assert membrane.interaction == InteractionSettings()
    assert len(session.models) == 2


def test_removing_a_partner_removes_its_rules_and_undo_brings_them_back(session: Session) -> None:
    membrane, carbon = two(session)
    ribosome = model_list.new(session)
    for partner in (carbon, ribosome):
        rules = (*membrane.interaction.rules, Rule("avoid", partner.id))
        interactions.change(session, membrane, replace(membrane.interaction, rules=rules))
    both = membrane.interaction
    model_list.remove(session, carbon)
    assert [rule.partner for rule in membrane.interaction.rules] == [ribosome.id]
    undo.undo(session)
    assert session.models == [membrane, carbon, ribosome]
    assert membrane.interaction == both
    undo.redo(session)
    assert [rule.partner for rule in membrane.interaction.rules] == [ribosome.id]


def test_partners_go_by_identity(session: Session) -> None:
    membrane, carbon = two(session)
    interactions.add_rule(session, membrane)
    model_list.set_display(carbon, replace(carbon.display, name=membrane.display.name))
    assert membrane.interaction.rules[0].partner == carbon.id


def test_what_is_changed_back_is_no_step(session: Session) -> None:
    membrane, _ = two(session)
    interactions.change(session, membrane, InteractionSettings(emit=True))
    interactions.change(session, membrane, InteractionSettings())
    interactions.commit(session)
    undo.undo(session)
    assert len(session.models) == 1


def test_undo_and_redo_leave_alone_what_the_step_knows_nothing_of(session: Session) -> None:
    mine = model_list.new(session)
    theirs = [
        restoring.restore_model(session, ModelRecord(id=each * 32, path=f"/{each}.scnm"))
        for each in "ab"
    ]
    undo.undo(session)
    assert session.models == theirs
    undo.redo(session)
    assert sorted(each.id for each in session.models) == sorted(each.id for each in (mine, *theirs))
