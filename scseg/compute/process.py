"""One worker process as its owner sees it: messages in, messages out, and an end that is seen to.

Three threads serve it, so that no call but `close` ever waits: one reads, one writes, and one waits for the
end and sees to it.
"""

from __future__ import annotations

import atexit
import contextlib
import math
import multiprocessing
import queue
import threading
import time
from typing import TYPE_CHECKING

from scseg.base import machine
from scseg.base.errors import ScsegError
from scseg.compute import launch
from scseg.compute.logs import WorkerLog
from scseg.compute.messages import Command, Quit, Reply
from scseg.compute.worker_death import WorkerDied
from scseg.compute.worker_death import explain_exit as explained_death

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

_LOG_END = 2000
_SECONDS_TO_QUIT = 0.5
"""What a process gets after it was asked to end."""
_SECONDS_TO_CRASH = 5.0
"""What it gets after it has closed its pipe: writing down a crash takes time."""
_SECONDS_TO_TERMINATE = 0.3
_SECONDS_TO_DIE = 5.0
_SECONDS_TO_HANG_UP = 1.0
_LOOK_SECONDS = 0.02


class WorkerProcess:
    """A process that runs `module` (its `main(connection)`).

    `deliver` gets every reply, and `WorkerDied` when the process is gone, in threads of their own. Always
    `end` or `close` it.

    Raises:
        ScsegError: the system does not start a process.
    """

    def __init__(self, module: str, deliver: Callable[[Reply | WorkerDied], None]) -> None:
        self._log = WorkerLog()
        try:
            self._connection, self._process = _started(module, self._log.path)
        except OSError as error:
            self._log.close()
            raise ScsegError(
                f"The process for this cannot be started ({error.strerror or error}): close other "
                "programs, then try again."
            ) from error
        self.pid = self._process.pid
        self._deliver = deliver
        self._outbox: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._over = threading.Event()
        self._deadline = math.inf
        self._insisted = False
        self._lock = threading.Lock()
        self._reader = _thread(self._read, "worker replies")
        self._writer = _thread(self._write, "worker commands")
        self._ender = _thread(self._see_to_the_end, "worker end")
        # Ctrl+C may come before anybody owns this.
        atexit.register(self.close)

    @property
    def gone(self) -> bool:
        """Whether nothing is left of it: no process, no log, no thread."""
        return not self._ender.is_alive()

    def send(self, command: Command | None) -> None:
        """Send a command without waiting; nothing happens if the process has died."""
        self._outbox.put(command)

    def end(self, patience: float = _SECONDS_TO_QUIT) -> None:
        """Ask the process to end, and see to it that it does, without waiting for that.

        One that is still there after `patience` seconds is made to end. Asked again, the shorter counts.
        """
        self.send(Quit())
        self._ends_within(patience)

    def close(self, patience: float = _SECONDS_TO_QUIT) -> None:
        """End the process and wait until it is gone."""
        self.end(patience)
        self._ender.join()

    def _read(self) -> None:
        # OSError: the connection was reset by the system.
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._deliver(self._connection.recv())
        self._ends_within(_SECONDS_TO_CRASH)

    def _write(self) -> None:
        # In a thread, because a pipe that nobody reads fills up, and then blocks.
        with contextlib.suppress(OSError):
            while (command := self._outbox.get()) is not None:
                self._connection.send(command)

    def _ends_within(self, seconds: float) -> None:
        with self._lock:
            self._deadline = min(self._deadline, time.monotonic() + seconds)
        self._over.set()

    def _see_to_the_end(self) -> None:
        """Wait until the end is wanted or has come; then take each step, whatever the others do."""
        self._over.wait()
        with contextlib.ExitStack() as steps:
            steps.callback(self._log.close)
            steps.callback(self._tell_death)
            steps.callback(self._hang_up)
            steps.callback(atexit.unregister, self.close)
            steps.callback(atexit.unregister, self._process.kill)
            self._insisted = self._make_it_end()

    def _make_it_end(self) -> bool:
        """Wait until the deadline, then insist; tell whether that was needed."""
        while self._process.is_alive():
            if time.monotonic() >= self._deadline:
                self._insist()
                return True
            # In short looks, because the deadline may be brought forward.
            self._process.join(_LOOK_SECONDS)
        return False

    def _insist(self) -> None:
        self._process.terminate()
        self._process.join(_SECONDS_TO_TERMINATE)
        # Also if it has just ended: then nothing happens.
        self._process.kill()
        self._process.join(_SECONDS_TO_DIE)

    def _hang_up(self) -> None:
        """End both other threads, which the death of the process has set free."""
        self.send(None)
        self._writer.join(_SECONDS_TO_HANG_UP)
        self._reader.join(_SECONDS_TO_HANG_UP)
        # The number of a pipe that is closed may soon be another file's: nobody must be at work on it.
        if not (self._writer.is_alive() or self._reader.is_alive()):
            self._connection.close()

    def _tell_death(self) -> None:
        code = None if self._insisted else self._process.exitcode
        self._deliver(explained_death(code, self._printed()))

    def _printed(self) -> str:
        try:
            return self._log.path.read_bytes()[-_LOG_END:].decode("utf-8", "replace").strip()
        except OSError:  # those who clean up folders of temporary files may have been there
            return ""


def _thread(run: Callable[[], None], name: str) -> threading.Thread:
    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


def _started(module: str, log: Path) -> tuple[Connection, BaseProcess]:
    """Start a process; return this side's end of the pipe to it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    # A daemon, in the sense of multiprocessing: one that nobody closed does not hold up the program's end.
    process = context.Process(
        target=launch.run, args=(module, theirs, log), name=module, daemon=True
    )
    try:
        with machine.interrupts_held_back():
            process.start()
            # Ctrl+C may come before the threads are there; a process that is stopped ends by nothing else.
            atexit.register(process.kill)
    except OSError:
        ours.close()
        raise
    finally:
        # While this end of theirs is open, their death would not be seen.
        theirs.close()
    return ours, process
