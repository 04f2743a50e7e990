"""How far the axis of a training's curves reaches: to its last epoch, as soon as that is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions.training import runs
from scseg.compute.messages import BatchDone, EpochDone, ModelRef
from scseg.runtime.display.training_curves import curves_of
from scseg.state.models import Display, Model, TrainingRun
from scseg.state.session import Session
from tests.fakes.training import started

REF = ModelRef("/models/m.scnm", "0")


@pytest.fixture
def model():
    found = Model(Display("Membrane", (0.2, 0.4, 0.6)))
    found.run = TrainingRun(1, started=True)
    return found


def test_a_training_that_needs_fewer_epochs_than_were_asked_for_says_so_and_its_axis_ends_there(
    model,
):
    session = Session()
    runs.take_reply(session, model, replace(started(), epochs=7))
    runs.take_reply(session, model, EpochDone(0, 0.5, REF))
    runs.take_reply(session, model, BatchDone(1, 0, 0.4, 0.2))
    assert model.plan.parameters.epochs == 25
    assert model.run.text == "epoch 2 of 7"
    assert curves_of(model).end == 7


def test_a_training_that_waits_does_not_cut_the_curves_of_the_one_before(model):
    model.epochs = tuple(EpochDone(n, 0.5, REF) for n in range(4))
    model.run = TrainingRun(2)
    assert curves_of(model).end == 4


def test_a_training_that_has_ended_reaches_to_its_last_epoch(model):
    model.epochs = tuple(EpochDone(n, 0.5, REF) for n in range(4))
    model.run = None
    assert curves_of(model).end == 4
