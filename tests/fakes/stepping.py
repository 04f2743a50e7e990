"""The program at work without a window, with fakes of both workers; a test makes its steps, and trains."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from scseg.actions.models import model_list
from scseg.actions.training import generating, new_set, runs, training_plan
from scseg.actions.view import browsing
from scseg.compute.client import TrainingClient
from scseg.runtime.program import Program
from scseg.runtime.saving.user_files import new_session
from tests.fakes.annotated import annotate_active
from tests.fakes.client import FakeClient
from tests.fakes.headless import Questions
from tests.fakes.threads import wait_for


def nobody():
    """Wake nobody: a test makes the steps itself."""


def step_until(program, what):
    """Step until something is so and nothing is left to be done that was asked for."""

    def step_and_see():
        program.step()
        return not program.session.requests and what()

    wait_for(step_and_see)


@contextlib.contextmanager
def running(paths=(), target=None):
    """The program with the user's files, as it starts; closed at the end.

    It opens `paths`, and writes what is asked for to `target`.
    """
    program = Program(new_session(), nobody, lambda: FakeClient(nobody), Questions(target=target))
    program.trainer.start = lambda request: TrainingClient(request, nobody, "tests.fakes.worker")
    try:
        program.open(tuple(paths))
        yield program
    finally:
        program.close()


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
