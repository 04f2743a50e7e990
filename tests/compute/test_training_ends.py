"""Runs that are stopped: which is long at work, which hangs, and which has nothing to keep."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from scseg.base.errors import CancelledError, ScsegError
from scseg.compute.messages import BatchDone, EpochDone, Failed, Ready, TrainingDone
from scseg.compute.reply_waiter import ReplyWaiter
from scseg.compute.training import train_and_wait
from scseg.compute.training_client import TrainingClient
from scseg.models.files import open_model
from tests.compute import test_training_run
from tests.compute.test_training_run import FAKE, PARAMETERS
from tests.fakes.processes import children, suspend, workers_besides

request_ = test_training_run.request_
_models = test_training_run._models

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to stop a process with")


@pytest.fixture
def endless(request_):
    parameters = replace(PARAMETERS, epochs=10_000, batch_size=16)
    return replace(request_, name="slow", parameters=parameters)


@pytest.fixture
def waiter():
    return ReplyWaiter()


@pytest.fixture
def client(endless, waiter):
    client = TrainingClient(endless, waiter.ring, FAKE)
    yield client
    client.close()


def until(waiter, client, *kinds):
    while True:
        assert waiter._rung.wait(30) or client.running
        for reply in waiter.wait_for_replies(client):
            if isinstance(reply, kinds):
                return reply


def until_gone(waiter, client):
    """Return what comes until the process is gone."""
    came = []
    while client.running:
        came += waiter.wait_for_replies(client)
    return came


@posix
def test_a_run_that_hangs_is_ended_and_its_checkpoint_named(waiter, client):
    until(waiter, client, EpochDone)
    process = psutil.Process(client._process.pid)
    suspend(process)
    for _ in range(1000):
        client.stop()
    failed = [reply for reply in until_gone(waiter, client) if isinstance(reply, Failed)][-1]
    assert "it did not answer, and was ended" in failed.sentence
    checkpoint = Path(failed.sentence.rsplit(" is in ", 1)[1].rstrip("."))
    assert open_model(checkpoint).epochs_trained >= 1
    assert not process.is_running()


def test_a_run_that_answers_has_all_the_time_that_its_batch_takes(
    waiter, endless, tmp_path, monkeypatch
):
    gate = tmp_path / "gate"
    monkeypatch.setenv("SCSEG_FAKE_GATE", str(gate))
    client = TrainingClient(replace(endless, name="long"), waiter.ring, FAKE)
    try:
        until(waiter, client, BatchDone)
        client.stop()
        while client._answer_due:
            assert not any(isinstance(reply, Failed) for reply in waiter.wait_for_replies(client))
        gate.touch()
        assert until(waiter, client, TrainingDone).stopped
    finally:
        client.close()


def test_a_run_that_has_learnt_nothing_is_ended_without_a_word(waiter, client):
    until(waiter, client, Ready)
    client.stop()
    assert not any(isinstance(reply, Failed) for reply in until_gone(waiter, client))


@posix
def test_cancelled_once_a_run_that_hangs_is_told_with_its_checkpoint(endless):
    stopped, others = [], children()

    def report(_, text):
        if "epoch 3" in text and not stopped:
            (child,) = workers_besides(others)
            suspend(child)
            stopped.append(child)
        if stopped:
            raise CancelledError("Training")

    with pytest.raises(ScsegError, match=r"did not answer.*end of epoch 2 is in .*epoch_0002"):
        train_and_wait(endless, report, lambda _: None, FAKE)
    assert not stopped[0].is_running()
