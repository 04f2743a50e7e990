"""One worker process as the window sees it: messages in, messages out, and its death explained."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.compute import launch
from scseg.compute.messages import Command, Quit, Reply
from scseg.errors import ScsegError
from scseg.files import explained
from scseg.folders import log_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_LOG_END = 2000


@dataclass(frozen=True)
class Died:
    """The process has ended: the last thing that is heard of it."""


class WorkerProcess:
    """A process that runs `module` (its `main(connection)`).

    `deliver` gets every reply, and `Died` at the end, in a thread of its own. Start it from the main
    thread, and always `close` it.

    Raises:
        ScsegError: the system does not start a process.
    """

    def __init__(self, module: str, deliver: Callable[[Reply | Died], None]) -> None:
        self._log = _new_log()
        try:
            self._connection, self._process = _started(module, self._log)
        except OSError as error:
            self._log.unlink(missing_ok=True)
            raise ScsegError(
                f"The process for the networks cannot be started ({error.strerror or error}): close other "
                "programs, then try again."
            ) from error
        self._listener = threading.Thread(
            target=_listen, args=(self._connection, deliver), name="worker replies", daemon=True
        )
        self._listener.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def send(self, command: Command) -> None:
        """Send a command; nothing happens if the process has died, which `Died` tells."""
        with contextlib.suppress(BrokenPipeError, ConnectionError):
            self._connection.send(command)

    def close(self, patience: float = 3.0) -> None:
        """End the process: ask, then wait for `patience` seconds, then insist."""
        self.send(Quit())
        self._process.join(patience)
        for insist in (self._process.terminate, self._process.kill):
            if self._process.is_alive():
                insist()
                self._process.join(2.0)
        self._listener.join(2.0)
        self._connection.close()
        self._process.close()
        self._log.unlink(missing_ok=True)

    def cause_of_death(self) -> tuple[str, str]:
        """Return why the process ended, in a few words, and the end of what it printed."""
        self._process.join(5.0)
        code = self._process.exitcode
        printed = self._log.read_bytes()[-_LOG_END:].decode("utf-8", "replace")
        return _explanation(code), printed.strip()


def _started(module: str, log: Path) -> tuple[Connection, BaseProcess]:
    """Start a process; return this side's end of the pipe to it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=launch.run, args=(module, theirs, log), name=module)
    try:
        process.start()
    except OSError:
        ours.close()
        raise
    finally:
        # While this end of theirs is open, their death would not be seen.
        theirs.close()
    return ours, process


def _listen(connection: Connection, deliver: Callable[[Reply | Died], None]) -> None:
    # OSError: the connection was closed by our side, or reset by the system.
    with contextlib.suppress(EOFError, OSError):
        while True:
            deliver(connection.recv())
    deliver(Died())


def _explanation(code: int | None) -> str:
    if code is None:
        return "it closed its connection"
    if code == -signal.SIGTERM.value:
        return "it was ended from outside"
    if code == -9:
        return "it was killed, perhaps because the computer ran out of memory"
    if code in (-signal.SIGSEGV.value, -signal.SIGABRT.value):
        # What TensorFlow does where it computes in bfloat16 and asks for memory in vain.
        return "it crashed, perhaps for not enough memory: use smaller boxes or batches"
    if code < 0:
        return f"it crashed (signal {-code})"
    return f"it ended with code {code}"


def _new_log() -> Path:
    """Return a new empty file for what a process prints.

    Raises:
        ScsegError: it cannot be made.
    """
    folder = log_folder()
    with (
        explained(folder),
        tempfile.NamedTemporaryFile(
            dir=folder, prefix="worker-", suffix=".log", delete=False
        ) as file,
    ):
        return Path(file.name)
