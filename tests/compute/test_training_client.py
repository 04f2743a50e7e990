"""A training run in its own process: checkpoints, stopping, dying, and what is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from scseg.base.errors import CancelledError, ScsegError
from scseg.compute.messages import (
    BatchDone,
    EpochDone,
    Failed,
    TrainingDone,
    TrainingRequest,
    TrainingStarted,
)
from scseg.compute.reply_waiter import ReplyWaiter
from scseg.compute.training import train_and_wait
from scseg.compute.training_client import WORKER, TrainingClient
from scseg.datasets.normalisation import DEFINITION
from scseg.datasets.training_sets.training_set import (
    SourceTomogram,
    TrainingSet,
    fingerprint,
    save_training_set,
)
from scseg.models.description import TrainingParameters
from scseg.models.files import open_model, weights_path

pytestmark = pytest.mark.keras

FORMULA = "tests.fakes.worker"
"""A worker whose network is a formula: for what is the same whatever the network. Keras takes seconds."""

PARAMETERS = TrainingParameters(epochs=2, batch_size=8, copies=2, negatives=0.0)


@pytest.fixture
def training_set(rng):
    labels = np.zeros((8, 16, 16), np.uint8)
    labels[:6, 4:10, 4:10] = 1
    images = (labels * 3.0 + rng.normal(0, 0.3, labels.shape)).astype(np.float32)
    return TrainingSet(
        images=images[:, None],
        labels=labels,
        positions=np.zeros((8, 3), np.int64),
        origins=np.zeros(8, np.int64),
        apix=13.92,
        features=("Membrane",),
        sources=(SourceTomogram("t.mrc", 13.92, 0.0, 1.0),),
        normalisation=DEFINITION,
    )


@pytest.fixture
def request_(tmp_path, training_set):
    save_training_set(training_set, tmp_path / "set.scnt")
    folder = tmp_path / "models"
    folder.mkdir()
    return TrainingRequest(
        training_set=str(tmp_path / "set.scnt"),
        folder=str(folder),
        name="Membrane",
        colour=(0.1, 0.2, 0.3),
        architecture="UNet deep",
        parameters=PARAMETERS,
    )


@pytest.fixture
def waiter():
    return ReplyWaiter()


def until(waiter, client, kind):
    came = []
    while True:
        assert waiter._rung.wait(60), f"nothing more came after {came}"
        waiter._rung.clear()
        for reply in client.drain():
            came.append(reply)
            if isinstance(reply, kind):
                return came


@pytest.fixture
def start(waiter, request_):
    clients = []

    def start(module=WORKER, **changes):
        clients.append(TrainingClient(replace(request_, **changes), waiter.ring, module))
        return clients[-1]

    yield start
    for client in clients:
        client.close()


def test_a_run_tells_of_every_batch_and_leaves_a_checkpoint_per_epoch_and_a_model(
    start, waiter, training_set
):
    replies = until(waiter, start(), (TrainingDone, Failed))
    started = next(reply for reply in replies if isinstance(reply, TrainingStarted))
    assert started.weights == 922_881
    told = [(r.epoch, r.batch) for r in replies if isinstance(r, BatchDone)]
    assert told == [(e, b) for e in range(2) for b in range(3)]
    parts = [reply.fraction for reply in replies if isinstance(reply, BatchDone)]
    assert parts == pytest.approx([done / 6 for done in range(1, 7)])
    epochs = [reply for reply in replies if isinstance(reply, EpochDone)]
    assert [Path(e.model.path).name for e in epochs] == ["epoch_0001.scnm", "epoch_0002.scnm"]
    for number, epoch in enumerate(epochs, start=1):
        checkpoint = open_model(Path(epoch.model.path))
        assert checkpoint.epochs_trained == number
        assert checkpoint.weights_sha256 == epoch.model.weights_sha256
    done = replies[-1]
    assert not done.stopped
    model = open_model(Path(done.model.path))
    assert (model.name, model.architecture, model.parameters) == ("Membrane", "UNet deep", 922_881)
    assert (model.box_size, model.apix, model.epochs_trained) == (16, 13.92, 2)
    assert model.training == PARAMETERS
    assert model.training_set_sha256 == fingerprint(training_set)
    assert Path(done.model.path).name == f"13.92_16_{done.loss:.4f}_Membrane.scnm"


def test_a_second_run_of_the_same_name_keeps_the_checkpoints_of_the_first(start, waiter, request_):
    for _ in range(2):
        client = start(FORMULA, parameters=replace(PARAMETERS, epochs=1))
        until(waiter, client, (TrainingDone, Failed))
    folders = sorted(path.name for path in Path(request_.folder).iterdir() if path.is_dir())
    assert folders == ["Membrane_checkpoints", "Membrane_checkpoints_2"]
    for folder in folders:
        assert open_model(Path(request_.folder) / folder / "epoch_0001.scnm")


def test_stopping_keeps_what_was_learnt(start, waiter):
    client = start(parameters=replace(PARAMETERS, epochs=10_000))
    until(waiter, client, BatchDone)
    client.stop()
    done = until(waiter, client, (TrainingDone, Failed))[-1]
    assert done.stopped
    assert open_model(Path(done.model.path)).epochs_trained < 10_000


def test_cancelling_from_a_report_stops_and_keeps(request_):
    def report(fraction, text):
        if fraction > 0:
            assert "epoch 1" in text
            raise CancelledError

    endless = replace(request_, parameters=replace(PARAMETERS, epochs=10_000))
    done = train_and_wait(endless, report, lambda _: None)
    assert done.stopped
    assert open_model(Path(done.model.path))


def test_a_killed_run_is_told_and_its_last_checkpoint_is_whole(start, waiter, request_):
    client = start(parameters=replace(PARAMETERS, epochs=10_000))
    until(waiter, client, EpochDone)
    os.kill(client._process.pid, signal.SIGKILL)
    failed = until(waiter, client, Failed)[-1]
    assert "killed" in failed.sentence
    assert request_.folder in failed.sentence
    assert not client.running
    checkpoints = sorted(Path(request_.folder).glob("*/epoch_*.scnm"))
    assert open_model(checkpoints[0]).epochs_trained == 1


def test_a_disk_too_small_for_the_third_checkpoint_keeps_the_second(request_, small_disk):
    longer = replace(
        request_, folder=str(small_disk), parameters=replace(PARAMETERS, epochs=3, copies=1)
    )
    words = r"epoch_0003.scnm: the disk is full.*up to the end of epoch 2 is in .*epoch_0002"
    with pytest.raises(ScsegError, match=words):
        train_and_wait(longer, lambda *_: None, lambda _: None)
    left = sorted(path.name for path in small_disk.glob("*/*"))
    assert left == [f"epoch_000{n}.{ending}" for n in (1, 2) for ending in ("h5", "scnm")]
    assert open_model(small_disk / "Membrane_checkpoints" / "epoch_0002.scnm").epochs_trained == 2


def test_boxes_too_large_for_the_memory_are_told(waiter, request_, training_set):
    larger = replace(  # so large that even a batch of one is too much
        training_set,
        images=np.tile(training_set.images, (1, 1, 128, 128)),
        labels=np.tile(training_set.labels, (1, 128, 128)),
    )
    save_training_set(larger, Path(request_.training_set))
    client = TrainingClient(request_, waiter.ring, "tests.fakes.short_of_memory")
    try:
        failed = until(waiter, client, (TrainingDone, Failed))[-1]
    finally:
        client.close()
    assert "not enough memory" in failed.sentence, failed.details
    assert "use smaller boxes or batches" in failed.sentence


@pytest.mark.parametrize(
    ("changes", "words", "module"),
    [
        ({"architecture": "Nope"}, "VGGNet", WORKER),
        ({"training_set": "/nowhere/set.scnt"}, "no such file", FORMULA),
        ({"folder": "/proc/nowhere"}, "Cannot write", FORMULA),
    ],
)
def test_what_cannot_be_trained_is_told_in_a_sentence(request_, changes, words, module):
    with pytest.raises(ScsegError, match=words):
        train_and_wait(replace(request_, **changes), lambda *_: None, lambda _: None, module)


def test_a_box_size_that_the_architecture_cannot_take(request_, training_set):
    cut = replace(
        training_set,
        images=training_set.images[..., :14, :14],
        labels=training_set.labels[:, :14, :14],
    )
    save_training_set(cut, Path(request_.training_set))
    with pytest.raises(ScsegError, match="12 or 16"):
        train_and_wait(request_, lambda *_: None, lambda _: None)


def test_grey_values_that_nobody_normalised_are_told(request_, training_set):
    save_training_set(
        replace(training_set, images=training_set.images * np.float32(3e37)),
        Path(request_.training_set),
    )
    with pytest.raises(ScsegError, match=r"grey values up to [\d.]+e\+3"):
        train_and_wait(request_, lambda *_: None, lambda _: None)
    assert not list(Path(request_.folder).glob("*.scnm"))


def test_weights_that_lost_their_description_are_not_written_over(request_):
    first = Path(train_and_wait(request_, lambda *_: None, lambda _: None, FORMULA).model.path)
    first.unlink()
    weights_path(first).write_bytes(b"of others")
    second = Path(train_and_wait(request_, lambda *_: None, lambda _: None, FORMULA).model.path)
    assert second.name == f"{first.stem}_2.scnm"
    assert weights_path(first).read_bytes() == b"of others"


def test_a_set_without_negatives_trains_with_a_notice(request_, training_set):
    positives = replace(
        training_set,
        images=training_set.images[:6],
        labels=training_set.labels[:6],
        positions=training_set.positions[:6],
        origins=training_set.origins[:6],
    )
    save_training_set(positives, Path(request_.training_set))
    notices = []
    train_and_wait(request_, lambda *_: None, notices.append, FORMULA)
    assert "Every box" in notices[0]


def test_what_a_batch_has_to_tell_is_told_once(request_):
    notices = []
    train_and_wait(replace(request_, name="large"), lambda *_: None, notices.append, FORMULA)
    assert notices.count("Smaller batches.") == 1


def test_a_run_cancelled_before_its_first_batch_is_given_up_at_once(request_):
    def report(_, text):
        if text == "starting the network" and cancelled.is_set():
            raise CancelledError("Training")
        cancelled.set()

    cancelled = threading.Event()
    before = {each.pid for each in psutil.Process().children()}
    with pytest.raises(CancelledError):
        train_and_wait(request_, report, lambda _: None)
    assert {each.pid for each in psutil.Process().children()} <= before
    assert not list(Path(request_.folder).rglob("*.scnm"))


def test_when_the_parent_dies_the_run_ends_after_its_epoch(tmp_path, request_):
    code = f"""
import os, time
from scseg.compute.training_client import WORKER, TrainingClient
from scseg.compute.messages import *
from scseg.compute.reply_waiter import ReplyWaiter
from scseg.models.description import TrainingParameters
if __name__ == "__main__":
    waiter = ReplyWaiter()
    request = {replace(request_, parameters=replace(PARAMETERS, epochs=10_000))!r}
    client = TrainingClient(request, waiter.ring)
    for reply in waiter.replies(client):
        if isinstance(reply, BatchDone):
            print(client._process.pid, flush=True)
            os._exit(9)
"""
    script = tmp_path / "parent.py"
    script.write_text(code)
    output = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, timeout=120
    )
    assert output.stdout, output.stderr
    pid = int(output.stdout)
    deadline = time.monotonic() + 60
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(pid)
    checkpoints = sorted(Path(request_.folder).glob("*/epoch_*.scnm"))
    assert checkpoints
    assert open_model(checkpoints[-1]).epochs_trained == len(checkpoints)
