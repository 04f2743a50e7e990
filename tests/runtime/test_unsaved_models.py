"""What was learnt comes back where nobody has saved it, also if the program ended meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions.models import model_list
from scseg.actions.training import generating, new_set, runs, training_plan
from scseg.persistence import last_session
from tests.fakes.annotated import annotate_active
from tests.fakes.gradient import gradient, write_volume
from tests.fakes.headless import running, step_until


@pytest.fixture
def tomogram(monkeypatch, tmp_path):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    return write_volume(tmp_path / "gradient.mrc", gradient())


@pytest.fixture
def program(tomogram):
    """The program where a training set of boxes of 16 pixels has just been made."""
    with running([tomogram], target=tomogram.with_name("set.scnt")) as program:
        session = program.session
        step_until(program, lambda: session.active and session.active.annotation is not None)
        annotate_active(session)
        new_set.choose(session, "Membrane", 1)
        new_set.choose(session, "Background", -1)
        new_set.set_plan(session, replace(session.set_plan, box_size=16))
        assert new_set.obstacle(session) == ""
        generating.generate(session)
        step_until(program, lambda: session.models and the_model(program).plan.training_set)
        yield program


def the_model(program):
    (model,) = program.session.models
    return model


def train(program, name, epochs):
    """Train the model under a name; one that is "slow" is to be stopped."""
    model = the_model(program)
    training_plan.set_parameters(model, replace(model.plan.parameters, epochs=epochs))
    model_list.set_display(model, replace(model.display, name=name))
    runs.begin(program.session, model)
    assert model.run is not None
    return model


def restore(program):
    session = program.session
    program.restore()
    step_until(program, lambda: session.models and not session.jobs)
    return the_model(program)


def test_closing_while_a_model_learns_keeps_what_was_learnt(program):
    before = train(program, "slow", epochs=1000)
    step_until(program, lambda: len(before.epochs) >= 3)
    program.close()
    with running() as second:
        model = restore(second)
        assert model.id == before.id
        assert model.description.epochs_trained >= 3
        # Not only up to the last checkpoint: up to the last batch.
        assert model.ref == before.ref == before.last.ref
        assert model.plan.training_set == before.plan.training_set
        assert (model.display.name, model.weights.kept) == ("slow", False)


def test_a_program_that_crashed_while_a_model_learnt_offers_it_again(program):
    model = train(program, "Membrane", epochs=25)
    step_until(program, lambda: model.run is None)
    # As it was written down before the first epoch.
    last = last_session.record_of_session(program.session)
    told = replace(last.models[0], path="", kept=True, training=True)
    last_session.save(replace(last, models=(told,)), last_session.session_path())
    program._session_file.hold()
    program.close()
    with running() as second:
        assert restore(second).description.epochs_trained == 25
