"""The program without a window, and a user who answers its questions for files."""

from __future__ import annotations

from scseg.runtime.program import Program


class Questions:
    """Chooses `files` to open and `target` to write; without them the question is cancelled."""

    def __init__(self, files=(), target=None):
        self.files = tuple(files)
        self.target = target
        self.asked = []

    def ask(self, kind, then, title=""):
        self.asked.append((kind, title))
        then(self.files)

    def ask_save(self, title, proposed, then):
        self.asked.append((title, proposed))
        then(self.target)


def no_client():
    raise AssertionError("there is no model")


def headless(session, questions=None):
    """Return a program whose steps a test makes itself. It must not need a network."""
    return Program(session, lambda: None, no_client, questions or Questions())
