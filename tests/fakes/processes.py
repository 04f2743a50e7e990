"""The worker processes of a test: others may run beside it, such as that of the tests that need Keras."""

from __future__ import annotations

import sys
import time

import psutil


def children():
    """Return the child processes of the tests, their children included."""
    return {*psutil.Process().children(recursive=True)}


def workers_besides(others):
    """Return the worker processes that are not among others."""
    return [each for each in children() - {*others} if "spawn_main" in " ".join(each.cmdline())]


def suspend(process):
    """Stop a process, and wait until each of its threads stands: for a while some run on after the signal."""
    process.suspend()
    while any(_runs(number) for number in _threads(process)):
        time.sleep(0.01)


def _threads(process):
    """Return the numbers by which the system knows the threads; elsewhere than on Linux the process's."""
    return [thread.id for thread in process.threads()] if sys.platform == "linux" else [process.pid]


def _runs(number):
    try:
        return psutil.Process(number).status() != psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:
        return False
