"""What a user of the stage Models does, without a window: browse, make a training set, train."""

from __future__ import annotations

from dataclasses import replace

from scseg.actions.models import model_list
from scseg.actions.training import generating, new_set, runs, training_plan
from scseg.actions.view import browsing
from tests.fakes.annotated import annotate_active
from tests.fakes.headless import step_until


def browse_on(program):
    """Go to the next slice, and step until it is the one that is shown."""
    session = program.session
    browsing.step_slice(session, 1)

    def is_shown():
        shown = program.on_screen.shown
        return shown and shown.opened is session.active and shown.image.key.z == session.active.z

    step_until(program, is_shown)


def plan_set(session, **choices):
    """Plan a training set of boxes of 16 pixels, with a choice (1, -1) for each feature."""
    for name, choice in choices.items():
        new_set.choose(session, name, choice)
    new_set.set_plan(session, replace(session.set_plan, box_size=16))


def generate(program):
    """Make the training set that is planned; return the model that takes it."""
    session = program.session
    assert not new_set.obstacle(session)
    generating.generate(session)
    step_until(program, lambda: session.models and session.models[0].plan.training_set is not None)
    (model,) = session.models
    return model


def with_a_set(program):
    """Annotate the tomogram and make a training set of it; return the model that is to learn from it."""
    session = program.session
    step_until(program, lambda: session.active and session.active.annotation is not None)
    annotate_active(session)
    plan_set(session, Membrane=1, Background=-1)
    return generate(program)


def train(program, model, name="Membrane"):
    """Train a model under a name; one that is "slow" is to be stopped."""
    parameters = replace(model.plan.parameters, epochs=1000 if name == "slow" else 25)
    training_plan.set_parameters(model, parameters)
    model_list.set_display(model, replace(model.display, name=name))
    train_on(program, model)


def train_on(program, model):
    """Train a model that can be trained as it is."""
    assert not runs.obstacle(model)
    runs.begin(program.session, model)
