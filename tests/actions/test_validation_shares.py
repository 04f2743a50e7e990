"""What the window says of an epoch before a training: the same as the training itself does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scseg.actions.models import model_list
from scseg.actions.training import training_plan, validation_shares
from scseg.compute.messages import TrainingRequest
from scseg.compute.worker.training.training_input import read_training_input
from scseg.datasets.normalisation import DEFINITION
from scseg.datasets.training_sets.source_tomogram import SourceTomogram
from scseg.datasets.training_sets.summary import summarise
from scseg.datasets.training_sets.training_set import TrainingSet, save_training_set
from scseg.models.description import TrainingParameters
from scseg.models.sampling import epoch_counts
from scseg.state.session import Session
from tests.fakes.workflows import AtWork, run_all

BOX = 16


@pytest.fixture
def session():
    return Session()


def model_with_set(session, path, positives=50, negatives=200):
    """Give a new model a set whose boxes stand on five slices far from one another."""
    count = positives + negatives
    labels = np.zeros((count, BOX, BOX), np.uint8)
    labels[:positives, 4:8] = 1
    order = np.random.default_rng(0).permutation(count)
    made = TrainingSet(
        images=np.zeros((count, 1, BOX, BOX), np.float32),
        labels=labels[order],
        positions=np.array([(10 * (i % 5), 50, 20 * i) for i in range(count)]),
        origins=np.zeros(count, np.int64),
        apix=10.0,
        features=("Membrane",),
        sources=(SourceTomogram("a.mrc", 10.0, 0.0, 1.0),),
        normalisation=DEFINITION,
    )
    save_training_set(made, path)
    model = model_list.new(session)
    training_plan.take_set(session, model, summarise(made, path))
    return model


def change(model, **parameters):
    training_plan.set_parameters(model, replace(model.plan.parameters, **parameters))


def test_the_manuals_arithmetic(session, tmp_path):
    """50 positives, 200 negatives, +100 %, 2 copies, nothing held out: each negative once."""
    model = model_with_set(session, tmp_path / "a.scnt")
    change(model, copies=2, negatives=1.0, validation=0.0)
    validation_shares.find_out(session, model)
    assert session.requests == []
    assert validation_shares.samples_told(model) == (
        "300 samples per epoch, 200 of 200 negatives per epoch"
    )
    assert validation_shares.held_out_told(model) == ""


@pytest.mark.parametrize("validation", [None, 0.1, 0.3])
def test_the_samples_are_those_of_the_training(session, tmp_path, validation):
    path = tmp_path / "a.scnt"
    model = model_with_set(session, path)
    change(model, validation=validation)
    validation_shares.find_out(session, model)
    validation_shares.find_out(session, model)
    assert len(session.requests) == 1
    assert "before boxes are held out" in validation_shares.samples_told(model)
    run_all(session)
    parameters = TrainingParameters(validation=validation)
    material = read_training_input(
        TrainingRequest(str(path), str(tmp_path), "m", (0, 0, 0), "VGGNet", parameters)
    )
    learnt, held = material.learnt.counts, material.held_out.counts
    shown = epoch_counts(learnt.positives, learnt.negatives, 4, 0.3)
    assert validation_shares.samples_told(model).startswith(f"{shown.total} samples per epoch, ")
    assert f"{learnt.negatives} negatives" in validation_shares.samples_told(model)
    told = f"{held.positives} + {held.negatives} boxes are held out to judge by"
    assert held.total > 0
    assert validation_shares.held_out_told(model) == told
    validation_shares.find_out(session, model)
    assert session.requests == []


def test_a_small_set_keeps_all_boxes_and_says_why(session, tmp_path):
    model = model_with_set(session, tmp_path / "a.scnt", positives=20, negatives=30)
    validation_shares.find_out(session, model)
    run_all(session)
    assert validation_shares.held_out_told(model).startswith(
        "No boxes are held out to judge the network by: all 50 boxes"
    )
    assert validation_shares.samples_told(model) == (
        "184 samples per epoch, each of 30 negatives 3.5 times per epoch"
    )


def test_an_answer_that_comes_too_late_is_dropped(session, tmp_path):
    model = model_with_set(session, tmp_path / "a.scnt")
    validation_shares.find_out(session, model)
    late = AtWork(session.requests.pop())
    assert session.requests == []
    change(model, validation=0.3)
    validation_shares.find_out(session, model)
    run_all(session)
    answer = model.shares
    late.finish()
    assert model.shares == answer
    assert answer.validation == pytest.approx(0.3)
