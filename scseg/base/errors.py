"""The one kind of error that a user is meant to read."""

from __future__ import annotations

from scseg.base.printable import printable


class ScsegError(Exception):
    """One sentence for the user that names the file or value at fault and the remedy.

    Raised for everything that the world can do wrong (files, devices, settings). Any other exception
    that reaches the top is a bug in the program and is shown with its traceback. Names and texts of files
    flow into sentences, so these are made printable here, once for all.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(printable(sentence))


class CancelledError(Exception):
    """The user stopped a job. Raised by a report function, caught by whoever started the job."""


class SuspendedError(CancelledError):
    """The system wants the program to end, and it may be started again: what can go on later is kept."""
