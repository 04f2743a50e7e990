"""A run that learns live, around a network that is a formula: sets that change, rest, and ends."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from scseg.compute.messages import (
    BatchDone,
    EpochDone,
    Failed,
    Resting,
    TrainingDone,
    TrainingStarted,
)
from scseg.compute.training_client import TrainingClient
from scseg.compute.worker.training import live_run
from scseg.compute.worker.training.live_run import _Gain, live_parameters
from scseg.datasets.training_sets.training_set import fingerprint, save_training_set
from scseg.models.description import TrainingParameters
from scseg.models.files import open_model, weights_path
from scseg.models.samples import BatchLoss
from scseg.models.training_curve import MOST_EPOCHS
from tests.compute.test_training_run import FAKE, request_, training_set  # noqa: F401 - a fixture
from tests.fakes.threads import wait_for


@pytest.fixture
def live(request_):  # noqa: F811
    Path(request_.folder).mkdir()
    request = replace(request_, live=True)
    client = TrainingClient(request, lambda: None, FAKE)
    yield Run(client, request)
    client.close()


class Run:
    def __init__(self, client, request):
        self.client = client
        self.request = request
        self.came = []

    def until(self, kind, count=1):
        """Return the latest reply of a kind, once so many have come."""

        def come():
            self.came += self.client.drain()
            return len(self.of(kind)) >= count

        wait_for(come)
        return self.of(kind)[-1]

    def of(self, kind):
        return [reply for reply in self.came if isinstance(reply, kind)]

    def learn(self, **changes):
        made = training_set(**changes)
        save_training_set(made, Path(self.request.training_set))
        self.client.renew()
        return fingerprint(made)


def test_it_waits_for_a_set_learns_and_rests(live):
    sha = live.learn()
    live.until(Resting)
    (started,) = live.of(TrainingStarted)
    assert started.boxes.total == 100
    assert started.held_out.total == 0, "all that is drawn is learnt from"
    assert started.notices == ()
    latest = live.of(EpochDone)[-1]
    assert open_model(Path(latest.model.path)).training_set_sha256 == sha
    assert latest is live.came[-2], "what was learnt last is there before it rests"


def test_it_goes_on_with_the_set_that_was_written_anew(live):
    live.learn()
    live.until(Resting)
    sha = live.learn(positives=7, negatives=2)
    live.until(Resting, 2)
    path = Path(live.of(EpochDone)[-1].model.path)
    assert open_model(path).training_set_sha256 == sha
    what = f", {7 * 16} pixels, 9 of 9 boxes as often"
    assert weights_path(path).read_bytes().endswith(what.encode())
    assert len(live.of(TrainingStarted)) == 1


def test_without_anything_left_it_learns_no_more(live):
    live.learn()
    live.until(Resting)
    batches = len(live.of(BatchDone))
    live.client.renew(nothing=True)
    live.until(Resting, 2)
    assert len(live.of(BatchDone)) == batches


def test_what_was_learnt_is_kept_when_it_stops(live):
    sha = live.learn()
    live.until(EpochDone)
    live.client.stop()
    done = live.until(TrainingDone)
    model = open_model(Path(done.model.path))
    assert done.stopped
    assert model.training_set_sha256 == sha
    assert model.training == live.request.parameters, "as the user has them"
    assert model.epochs_trained == len(live.of(EpochDone))
    assert len(model.curve) == model.epochs_trained


def test_one_that_has_seen_no_set_ends_at_once(live):
    live.client.stop()
    wait_for(lambda: not live.client.drain() and not live.client.running)
    assert not list(Path(live.request.folder).rglob("*.scnm"))


def test_a_set_that_cannot_be_read_is_told_and_what_was_learnt_stays(live):
    live.learn()
    live.until(Resting)
    Path(live.request.training_set).write_bytes(b"II*\0")
    live.client.renew()
    failed = live.until(Failed)
    assert live.request.training_set in failed.sentence
    kept = live.of(EpochDone)[-1].model.path
    assert kept in failed.sentence
    open_model(Path(kept))


def test_it_learns_in_small_batches_without_end():
    parameters = TrainingParameters(epochs=3, batch_size=32, validation=0.2, seed=5)
    made = live_parameters(parameters)
    assert (made.epochs, made.batch_size, made.validation) == (MOST_EPOCHS, live_run.LIVE_BATCH, 0)
    assert made.seed == 5
    assert live_parameters(replace(parameters, batch_size=2)).batch_size == 2


def test_learning_is_over_when_the_loss_stays_where_it_is():
    falling, level = _Gain(), _Gain()
    for batch in range(200):
        falling.add(0.98**batch)
        level.add(0.5)
    assert level.is_over
    assert not falling.is_over


class Parent:
    """Hears nothing, and notes what it is told and when."""

    def __init__(self):
        self.is_over = self.has_news = False
        self.told = []

    def tell(self, reply):
        self.told.append(reply)

    def wait(self):
        self.is_over = True

    def take_news(self):
        return None


class Learner:
    def __init__(self, seconds):
        self._seconds = seconds

    def steps(self):
        for batch in range(30):
            time.sleep(self._seconds)
            yield BatchLoss(0, batch, 1 / (1 + batch))


class Left:
    def __init__(self, seconds=0.0):
        self.models = 0
        self._seconds = seconds

    def checkpoint(self, *_):
        time.sleep(self._seconds)
        self.models += 1

    def last(self, *_, **__): ...


def test_models_that_take_long_to_write_are_written_less_often(monkeypatch, request_):  # noqa: F811
    monkeypatch.setattr(live_run, "SECONDS_BETWEEN_MODELS", 0.02)
    quick, slow = Left(), Left(0.02)
    for left in (quick, slow):
        live_run._LiveRun(request_, Learner(0.01), Parent(), left).go()
    assert quick.models > 2 * slow.models
