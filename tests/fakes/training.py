"""Models of a session that have learnt, without a network."""

from __future__ import annotations

from scseg.actions.training import runs
from scseg.compute.messages import ModelRef, TrainingStarted
from scseg.datasets.training_sets.summary import TrainingSetSummary
from scseg.models import unsaved_models
from scseg.models.sampling import Counts
from tests.fakes.models import write_model

SET = TrainingSetSummary("/sets/a.scnt", 80, 53, 64, 1, 13.92, ("Membrane",), "f" * 64)


def trained_in(model, **changes):
    """Write a model into the session's folder; return its reference."""
    folder = unsaved_models.model_folder(model.id)
    folder.mkdir(parents=True, exist_ok=True)
    path = write_model(folder, **changes)
    return ModelRef(str(path), runs.weights_of(ModelRef(str(path), "")).description.weights_sha256)


def started():
    return TrainingStarted(1_493_059, 25, Counts(53, 27), Counts(0, 0), ("A notice.",))
