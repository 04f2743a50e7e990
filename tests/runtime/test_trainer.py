"""What is left of a training that comes to grief on a disk that takes nothing, without a process."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from scseg.actions.models import model_list
from scseg.actions.training import runs
from scseg.compute.messages import EpochDone, Failed, ModelRef, TrainingDone
from scseg.datasets.training_sets.summary import TrainingSetSummary
from scseg.models import unsaved_models
from scseg.models.files import open_model
from scseg.runtime.models.trainer import Trainer
from scseg.state.models import TrainingRun
from scseg.state.session import Session
from tests.fakes.models import write_model


class Client:
    """A process that says what it is told to, and ends."""

    def __init__(self, *replies):
        self._replies = list(replies)
        self.running = True
        self.patience = ()

    def drain(self):
        replies, self._replies = self._replies, []
        self.running = bool(replies)
        return replies

    def stop(self): ...

    def close(self, *patience):
        self.running = False
        self.patience = self.patience or patience


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def model(session):
    return model_list.new(session)


def checkpoint(model, name="checkpoints", **changes):
    folder = unsaved_models.model_folder(model.id) / name
    folder.mkdir(parents=True, exist_ok=True)
    path = write_model(folder, **changes)
    return ModelRef(str(path), open_model(path).weights_sha256)


def end(session, model, *replies, settled=False):
    """Let a run say this and end."""
    client = Client(*replies)
    trainer = Trainer(session, lambda _: client, lambda: settled)
    trainer._client, trainer._model = client, model
    model.run = TrainingRun(1, started=True, parameters=1)
    trainer.update()
    trainer.update()
    assert model.run is None


def test_what_is_to_be_trained_again_while_the_process_ends_is_trained_again(session, model):
    latest, last = checkpoint(model, loss=0.2), checkpoint(model, "end", loss=0.1)
    client = Client(EpochDone(0, 0.2, latest), TrainingDone(last, 0.1, stopped=True))
    started = []
    trainer = Trainer(session, lambda request: started.append(request) or Client(), lambda: True)
    trainer._client, trainer._model = client, model
    model.plan = replace(
        model.plan, training_set=TrainingSetSummary("s.scnt", 9, 5, 32, 1, 10.0, ("A",), "")
    )
    model.run = TrainingRun(1, started=True, parameters=1)
    trainer.update()
    assert client.running
    runs.begin(session, model)
    trainer.update()
    assert model.ref == last
    assert [request.start_from for request in started] == [last.path]
    assert model.run.started


def test_a_training_stopped_before_its_first_batch_ends_at_once_and_changes_nothing(session, model):
    before, best = runs.weights_of(checkpoint(model)), runs.weights_of(checkpoint(model))
    model.weights = model.last = before
    model.best, model.epochs = best, (EpochDone(0, 0.2, best.ref),)
    client = Client()
    trainer = Trainer(session, lambda _: client, lambda: True)
    trainer._client, trainer._model = client, model
    model.run = TrainingRun(1, started=True)
    client.drain = list
    # A run that has learnt nothing is ended by its client.
    client.stop = lambda: setattr(client, "running", False)
    runs.stop(model)
    trainer.update()
    assert (client.running, model.run) == (False, None)
    assert (model.weights, model.last, model.best) == (before, before, best)
    assert model.epochs


def pairs(model):
    return set(unsaved_models.model_folder(model.id).rglob("*.scnm"))


def test_a_disk_that_knows_no_links_and_is_full_loses_no_checkpoint(session, model, monkeypatch):
    ref = checkpoint(model)

    def refuse(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    def full(_, target):
        Path(target).write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    monkeypatch.setattr(shutil, "copyfile", full)
    failed = Failed(None, "The disk is full.")
    end(session, model, EpochDone(2, 0.1, ref), failed, settled=True)
    assert failed.sentence in [each.sentence for each in session.notices]
    assert pairs(model) == {Path(ref.path)}
    assert model.ref == ref


@pytest.mark.parametrize("reply", [Failed(None, "It died."), None], ids=["failed", "silent"])
def test_a_run_that_leaves_no_model_leaves_its_checkpoints(session, model, reply):
    shown, latest = checkpoint(model, loss=0.3), checkpoint(model, loss=0.2)
    model.weights = runs.weights_of(shown)
    Path(latest.path).write_text("damaged")
    epochs = EpochDone(0, 0.3, shown), EpochDone(1, 0.2, latest)
    end(session, model, *epochs, *([reply] if reply else []))
    assert pairs(model) == {Path(shown.path), Path(latest.path)}
    assert model.ref == shown


def test_a_last_model_that_cannot_be_read_leaves_the_checkpoints(session, model):
    latest, last = checkpoint(model, loss=0.2), checkpoint(model, "end", loss=0.1)
    Path(last.path).write_text("damaged")
    end(session, model, EpochDone(0, 0.2, latest), TrainingDone(last, 0.1, stopped=False))
    assert Path(latest.path) in pairs(model)
    assert any(last.path in each.sentence for each in session.notices)


def test_a_run_that_ends_well_leaves_its_last_model_alone(session, model):
    latest, last = checkpoint(model, loss=0.2), checkpoint(model, "end", loss=0.1)
    end(session, model, EpochDone(0, 0.2, latest), TrainingDone(last, 0.1, stopped=False))
    assert pairs(model) == {Path(last.path)}
    assert model.ref == last
