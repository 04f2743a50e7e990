"""What may befall a training, in the real window: it is told, the window goes on, and so can the model."""

from __future__ import annotations

import errno
import multiprocessing.util
import os
import signal
from pathlib import Path

import psutil
import pytest

from scseg.actions.models import model_list
from scseg.models import unsaved_models
from scseg.models.files import open_model
from tests.gui.training import made_set, show_training, train

pytestmark = pytest.mark.gui


def errors(user):
    return [each.sentence for each in user.session.messages if each.level == "error"]


def assert_goes_on(user, model, epochs):
    """Make sure that what was learnt is intact and seen, that it can be trained on, and the slice browsed."""
    path = Path(model.ref.path)
    assert path == unsaved_models.newest_model(model.id)
    assert open_model(path).epochs_trained == epochs
    # One message, which names the file that is there.
    (told,) = errors(user)
    assert str(path) in told
    assert not list(unsaved_models.model_folder(model.id).rglob("*.new.h5"))
    user.press("Right")
    user.wait_until_shown()
    user.do(lambda: model_list.set_display(model, model_list.Display("Membrane", (0, 1, 0))))
    show_training(user)
    user.ctx.item_click("//Panels/**/###train")
    user.wait_for(lambda: model.run is None and model.description.epochs_trained == epochs + 25)
    assert any("optimiser starts afresh" in each.sentence for each in user.session.messages)
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
    open_window, tomogram, name, words
):
    def steps(user):
        made_set(user)
        model = train(user, name)
        user.wait_for(lambda: model.run is None and errors(user))
        assert words in assert_goes_on(user, model, 2)

    open_window(steps, [tomogram])


def test_a_process_that_is_killed_in_the_middle_of_an_epoch(open_window, tomogram):
    def steps(user):
        made_set(user)
        model = train(user, "slow")
        user.wait_for(lambda: len(model.epochs) >= 2 and model.run.loss is not None)
        (worker,) = (
            each for each in psutil.Process().children() if "spawn_main" in " ".join(each.cmdline())
        )
        worker.send_signal(signal.SIGKILL)
        user.wait_for(lambda: model.run is None and errors(user))
        assert "it was killed, perhaps because the computer ran out of memory" in errors(user)[0]
        assert open_model(Path(model.ref.path)).epochs_trained == len(model.epochs)
        assert model.ref.path in errors(user)[0]
        user.press("Right")
        user.wait_until_shown()

    open_window(steps, [tomogram])


def test_a_process_that_cannot_be_started_is_told_once(open_window, tomogram):
    def refuse(*_, **__):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    def steps(user):
        made_set(user)
        with user.monkeypatch.context() as out_of_processes:
            out_of_processes.setattr(multiprocessing.util, "spawnv_passfds", refuse)
            model = train(user)
            user.wait_for(lambda: model.run is None and user.session.notices)
            user.ctx.yield_(10)
        errors = [each.sentence for each in user.session.messages if each.level == "error"]
        assert len(errors) == 1
        assert "cannot be started" in errors[0]
        user.ctx.item_click("//Panels/**/###train")
        user.wait_for(lambda: model.run is None and model.weights is not None)

    open_window(steps, [tomogram])
