"""The main thread of tests without a window: it takes in what other threads leave."""

from __future__ import annotations

import time

from scseg.runtime.faults import reported
from scseg.runtime.inbox import Inbox

SECONDS = 10.0


def quiet_inbox():
    """Return an inbox that wakes nobody."""
    return Inbox(lambda: None)


def take_in(session, inbox):
    """Do what threads have left, as a frame of the window does."""
    for what, call in inbox.taken():
        with reported(session, what):
            call()


def wait_for(what, session=None, inbox=None, seconds=SECONDS):
    """Wait until something is so, with the frames that pass meanwhile."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never came to be so"
        if inbox is not None:
            take_in(session, inbox)
        time.sleep(0.001)
