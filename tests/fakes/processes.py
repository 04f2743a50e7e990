"""The worker processes of a test: others may run beside it, such as that of the tests that need Keras."""

from __future__ import annotations

import psutil


def children():
    """Return the child processes of the tests, their children included."""
    return {*psutil.Process().children(recursive=True)}


def workers_besides(others):
    """Return the worker processes that are not among others."""
    return [each for each in children() - {*others} if "spawn_main" in " ".join(each.cmdline())]
