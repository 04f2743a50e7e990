"""The program without a window, and a user who answers its questions for files."""

from __future__ import annotations

import contextlib

from scseg.compute.training_client import TrainingClient
from scseg.runtime.program import Program
from scseg.runtime.saving.user_files import new_session
from tests.fakes.client import FakeClient
from tests.fakes.threads import SECONDS, wait_for


class Questions:
    """Chooses `files` to open and `target` to write; without them the question is cancelled."""

    def __init__(self, files=(), target=None):
        self.files = tuple(files)
        self.target = target
        self.asked = []

    def ask(self, kind, then, title=""):
        self.asked.append((kind, title))
        then(self.files)

    def ask_folder(self, title, proposed, then):
        self.asked.append((title, proposed))
        then(self.target)

    def ask_save(self, title, proposed, then):
        self.asked.append((title, proposed))
        then(self.target)


def no_client():
    raise AssertionError("there is no model")


def nobody():
    """Wake nobody: a test makes the steps itself."""


def headless(session, questions=None, start_client=no_client):
    """Return a program whose steps a test makes itself. Without a client it must not need a network."""
    return Program(session, nobody, start_client, questions or Questions())


def step_until(program, what, seconds=SECONDS):
    """Step until something is so and nothing is left to be done that was asked for."""

    def step_and_see():
        program.step()
        return not program.session.requests and what()

    wait_for(step_and_see, seconds=seconds)


@contextlib.contextmanager
def running(paths=(), target=None):
    """The program with the user's files and fakes of both workers, as it starts; closed at the end.

    It opens `paths`, and writes what is asked for to `target`.
    """
    program = headless(new_session(), Questions(target=target), lambda: FakeClient(nobody))
    program.trainer.start = lambda request: TrainingClient(request, nobody, "tests.fakes.worker")
    try:
        program.open(tuple(paths))
        yield program
    finally:
        program.close()
