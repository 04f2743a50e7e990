"""The first code that runs in a worker process. It must stay light: the parent imports it too."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from typing import TYPE_CHECKING

from scseg.base import machine
from scseg.base.errors import ScsegError
from scseg.base.files import regular_files
from scseg.models import backends

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path


def run(module: str, connection: Connection, log: Path) -> None:
    """Import `module` by its name and hand it the connection.

    By name, so that the window can start a worker whose imports it must not share.
    """
    machine.leave_group()
    _print_into(log)
    set_up_keras(log)
    importlib.import_module(module).main(connection)


def set_up_keras(log: Path) -> None:
    """Let Keras be as these networks need it, whatever another project has set in this shell or this home.

    `log` is any file.
    """
    for name in [name for name in os.environ if name.startswith("KERAS_")]:
        del os.environ[name]
    # Without any backend OpenVINO predicts all the same; whoever needs one has looked before.
    with contextlib.suppress(ScsegError):
        backend = backends.resolved()
        os.environ["KERAS_BACKEND"] = backend
        if backend != "tensorflow":
            # Keras would import it wherever it is installed, to ask whether what it copies is of it.
            sys.modules.setdefault("tensorflow", None)  # type: ignore[arg-type]  # Python's way to forbid
    # Jax would take three quarters of a graphics card's memory at once, and leave nothing to other workers.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    # It would take settings from the user's home folder, and write some there. In a file, which the log is,
    # there is nothing to find, and nothing can be put.
    os.environ["KERAS_HOME"] = str(log)


def _print_into(log: Path) -> None:
    """Send all that this process prints, from C++ too, to a file."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    with regular_files.open_to_change(log) as file:
        # By number: a program that Windows starts without a console has no sys.stdout.
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
