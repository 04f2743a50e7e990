"""What the panel of a model says of its training."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions.models import model_list
from scseg.compute.messages import ModelRef
from scseg.datasets.training_sets.summary import TrainingSetSummary
from scseg.models.origin import Origin
from scseg.runtime.display.model_texts import about, info_line, progress
from scseg.state.models import TrainingRun, Weights
from scseg.state.session import Session
from tests.fakes.models import DESCRIPTION

SET = TrainingSetSummary("/sets/a.scnt", 80, 53, 64, 1, 13.92, ("Membrane",), "f" * 64)
RUN = TrainingRun(2, started=True, parameters=922_881, text="epoch 3 of 25", loss=0.51234)


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def model(session):
    model = model_list.new(session)
    model.plan = replace(model.plan, architecture="UNet deep", training_set=SET)
    return model


def test_the_info_line_tells_the_loss_as_it_is_now(model):
    assert info_line(model) == ""
    model.run = TrainingRun(1)
    assert info_line(model) == ""
    model.run = RUN
    assert info_line(model) == "UNet deep (922881, 64, 13.920, 0.5123)"
    model.weights = Weights(ModelRef("/m.scnm", "0"), DESCRIPTION)
    assert info_line(model) == "VGGNet (1493059, 32, 10.000, 0.5123)"
    model.run = None
    assert info_line(model) == "VGGNet (1493059, 32, 10.000, 0.0261)"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "epoch 3 of 25"),
        ({"seconds_left": 42.4}, "epoch 3 of 25, 42 s left"),
        ({"seconds_left": 600.0}, "epoch 3 of 25, 10 min left"),
        ({"stopping": True}, "stopping after this batch"),
        ({"started": False}, "waits for 1 other to be trained"),
    ],
)
def test_the_line_below_the_bar_tells_how_far_a_run_is(session, model, changes, told):
    model_list.new(session).run = TrainingRun(1, started=True)
    model.run = replace(RUN, **changes)
    assert progress(session, model, model.run) == told


@pytest.mark.parametrize(
    ("training_set", "told"),
    [("", "Ready network"), ("f" * 64, "Began from the VGGNet starter 4.")],
)
def test_a_model_that_was_stopped_in_its_first_epoch_is_no_ready_network(model, training_set, told):
    origin = Origin("VGGNet starter 4", 4, "0" * 64, "noise")
    described = replace(
        DESCRIPTION, epochs_trained=0, training_set_sha256=training_set, origin=origin
    )
    model.weights = Weights(ModelRef("/m.scnm", "0"), described)
    assert told in about(model)
