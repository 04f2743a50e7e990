"""Ready networks in the list of models: added at once, undone, and told of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scseg.actions import undo
from scseg.actions.commands import action
from scseg.actions.models import ready_networks
from scseg.actions.training import runs
from scseg.models import unsaved_models
from scseg.models.files import open_model
from scseg.models.starters.ready import COLOURS, ready_features
from scseg.runtime.display import model_texts
from scseg.state.session import Session
from tests.fakes.workflows import run_all


@pytest.fixture
def session():
    return Session()


def added(session, feature="Membrane"):
    ready_networks.add(session, feature)
    run_all(session)
    return session.models[-1]


def test_each_has_a_command_which_is_grey_where_there_is_no_such_network(session):
    assert set(ready_features()) <= set(COLOURS)
    for feature in COLOURS:
        command = action(f"ready-{feature.lower()}")
        assert command.label == f"Ready network: {feature}"
        assert command.enabled(session) == (feature in ready_features())


def test_it_is_a_model_in_a_folder_of_its_own_and_active(session):
    model = added(session, "Ribosome")
    path = Path(model.ref.path)
    assert path.parent == unsaved_models.model_folder(model.id)
    assert open_model(path) == model.description
    assert (model.display.name, model.display.active) == ("Ribosome", True)
    assert "taught on simulated tomograms" in model_texts.about(model)
    assert "Ready network" in model_texts.about(model)


def test_two_of_them_are_two_models_and_each_is_undone(session):
    first, second = added(session), added(session)
    assert first.ref.path != second.ref.path
    undo.undo(session)
    assert session.models == [first]
    undo.undo(session)
    assert session.models == []
    undo.redo(session)
    assert session.models == [first]


def test_what_it_would_begin_from_is_told_before_it_is_trained(session):
    action("add-model").run(session)
    (model,) = session.models
    assert model_texts.beginning(model).startswith("Begins from the VGGNet starter")
    plan = model.plan
    model.plan = replace(plan, parameters=replace(plan.parameters, start="scratch"))
    assert model_texts.beginning(model) == "Begins from scratch."
    model.plan = replace(plan, architecture="UNet deep")
    assert model_texts.beginning(model) == "Begins from scratch."
    assert runs.obstacle(model)
