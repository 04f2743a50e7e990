"""What every test gets: a home of its own, fixed seeds, no leaks, and for `gui` a display of its own."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import numpy as np
import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

REAL_TOMOGRAM = Path(__file__).parents[2] / "shared" / "data" / "cell_tomogram.mrc"
SECONDS_TO_END = 5.0

hypothesis.settings.register_profile("checked", derandomize=True, deadline=None)
hypothesis.settings.register_profile("soak", max_examples=10_000, deadline=None)
hypothesis.settings.load_profile("checked")


@pytest.fixture(scope="session", autouse=True)
def scseg_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's own cache, settings and logs out of the tests, for child processes too."""
    home = tmp_path_factory.mktemp("scseg-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCSEG_HOME", str(home))
        yield home


@pytest.fixture(autouse=True)
def _seeds() -> None:
    random.seed(0)
    np.random.seed(0)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def real_tomogram() -> Path:
    if not REAL_TOMOGRAM.is_file():
        pytest.skip(f"the real tomogram is not there: {REAL_TOMOGRAM}")
    return REAL_TOMOGRAM


@pytest.fixture(scope="session", autouse=True)
def _display(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give the `gui` tests an X server of their own with software OpenGL, where X is what windows use."""
    wanted = any(item.get_closest_marker("gui") for item in request.session.items)
    if not wanted or sys.platform in {"darwin", "win32"}:
        yield
        return
    if shutil.which("Xvfb") is None:
        pytest.fail("the gui tests need Xvfb: run `make test`, or apt-get install xvfb")
    server, display = _start_xvfb()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", display)
        patch.setenv("LIBGL_ALWAYS_SOFTWARE", "1")
        patch.delenv("WAYLAND_DISPLAY", raising=False)
        yield
    server.terminate()
    server.wait()


def _start_xvfb() -> tuple[subprocess.Popen[bytes], str]:
    """Start Xvfb on a display number that it finds itself, and wait until it takes connections."""
    reader, writer = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writer),
        "-nolisten",
        "tcp",
        "-screen",
        "0",
        "1600x1000x24",
    ]
    # A server that resets itself when its last window closes may refuse the next one.
    command.append("-noreset")
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as numbers:
        number = numbers.readline().strip()
    if not number:
        pytest.fail(f"Xvfb did not start: it ended with {server.wait()}")
    return server, f":{number}"


@pytest.fixture(autouse=True)
def _nothing_leaks() -> Iterator[None]:
    """Fail a test that leaves a child process or a thread that would hold up the program's end."""
    before = _children() | _threads()
    yield
    deadline = time.monotonic() + SECONDS_TO_END
    while (leaked := (_children() | _threads()) - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    for process in leaked:
        if isinstance(process, psutil.Process):
            process.kill()
    assert not leaked, f"the test left running: {leaked}"


def _children() -> set[psutil.Process | threading.Thread]:
    multiprocessing.active_children()  # collects those that have ended
    # One tracker serves the whole session; multiprocessing starts it when first needed.
    tracker = resource_tracker._resource_tracker._pid
    return {
        process
        for process in psutil.Process().children(recursive=True)
        if process.pid != tracker and _runs(process)
    }


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _threads() -> set[psutil.Process | threading.Thread]:
    return {thread for thread in threading.enumerate() if not thread.daemon}
