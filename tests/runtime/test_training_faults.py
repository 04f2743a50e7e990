"""What may befall a training, in the whole program: it is told, the program goes on, and so can the model."""

from __future__ import annotations

import errno
import multiprocessing.util
import os
import signal
from pathlib import Path

import pytest

from scseg.actions.models import model_list
from scseg.models import unsaved_models
from scseg.models.files import open_model
from tests.fakes.gradient import gradient, write_volume
from tests.fakes.headless import running, step_until
from tests.fakes.processes import children, workers_besides
from tests.fakes.stepping import browse_on, train, train_on, with_a_set


@pytest.fixture
def program(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    tomogram = write_volume(tmp_path / "gradient.mrc", gradient())
    with running([tomogram], tmp_path / "set.scnt") as program:
        yield program


@pytest.fixture
def model(program):
    return with_a_set(program)


def errors(program):
    return [each.sentence for each in program.session.messages if each.level == "error"]


def assert_goes_on(program, model, epochs):
    """Make sure that what was learnt is intact and seen, that it can be trained on, and the slice browsed."""
    path = Path(model.ref.path)
    assert path == unsaved_models.newest_model(model.id)
    assert open_model(path).epochs_trained == epochs
    # One message, which names the file that is there.
    (told,) = errors(program)
    assert str(path) in told
    assert not list(unsaved_models.model_folder(model.id).rglob("*.new.h5"))
    browse_on(program)
    model_list.set_display(model, model_list.Display("Membrane", (0, 1, 0)))
    train_on(program, model)
    step_until(
        program,
        lambda: model.run is None and model.description.epochs_trained == epochs + 25,
    )
    messages = program.session.messages
    assert any("optimiser starts afresh" in each.sentence for each in messages)
    return told


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dies", "The training stopped: it ended with code 7."),
        ("memory", "There is not enough memory"),
        ("full", "the disk is full"),
    ],
)
def test_a_run_that_comes_to_grief_in_its_third_epoch_leaves_the_second(
    program, model, name, words
):
    train(program, model, name)
    step_until(program, lambda: model.run is None and errors(program))
    assert words in assert_goes_on(program, model, 2)


def test_a_process_that_is_killed_in_the_middle_of_an_epoch(program, model):
    others = children()
    train(program, model, "slow")
    step_until(program, lambda: len(model.epochs) >= 2 and model.run.loss is not None)
    (worker,) = workers_besides(others)
    worker.send_signal(signal.SIGKILL)
    step_until(program, lambda: model.run is None and errors(program))
    assert "it was killed, perhaps because the computer ran out of memory" in errors(program)[0]
    assert open_model(Path(model.ref.path)).epochs_trained == len(model.epochs)
    assert model.ref.path in errors(program)[0]
    browse_on(program)


def test_a_process_that_cannot_be_started_is_told_once(program, model, monkeypatch):
    def refuse(*_, **__):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    with monkeypatch.context() as out_of_processes:
        out_of_processes.setattr(multiprocessing.util, "spawnv_passfds", refuse)
        train(program, model)
        step_until(program, lambda: model.run is None and program.session.notices)
        for _ in range(10):
            program.step()
    assert len(errors(program)) == 1
    assert "cannot be started" in errors(program)[0]
    train_on(program, model)
    step_until(program, lambda: model.run is None and model.weights is not None)
