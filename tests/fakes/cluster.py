"""Schedulers and workers of Dask for tests, around a network that is a formula."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from distributed import Client, LocalCluster

if TYPE_CHECKING:
    from collections.abc import Iterator

in_soak = pytest.mark.skipif("SCSEG_CLUSTER" not in os.environ, reason="`make soak` does it")
"""Starting processes of Dask takes seconds each time."""

PRELOAD = "tests.fakes.cluster_worker"
SECONDS = 120.0


@contextlib.contextmanager
def local_cluster(workers: int = 2) -> Iterator[LocalCluster]:
    """A scheduler in this process, and workers in processes of their own, which nannies start again."""
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        scheduler_kwargs={"dashboard_address": ":0"},  # else at 8787, where another may be
        preload=PRELOAD,
        silence_logs=50,
    ) as cluster:
        yield cluster


@contextlib.contextmanager
def scheduler(folder: Path) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """`dask scheduler`, as the manual starts it: its scheduler file, and its process."""
    file = folder / "scheduler.json"
    options = ("--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    with _running("scheduler", *options) as process:
        until(lambda: file.exists() and "address" in json.loads(file.read_text() or "{}"))
        yield file, process


@contextlib.contextmanager
def worker(file: Path, *options: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """`dask worker`, as the manual starts it, with variables of its environment."""
    usual = ("--scheduler-file", str(file), "--nthreads", "1", "--no-dashboard")
    place = ("--local-directory", str(file.parent), "--preload", PRELOAD)
    with _running("worker", *usual, *place, *options, **variables) as process:
        yield process


@contextlib.contextmanager
def _running(command: str, *options: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    path = os.pathsep.join([str(Path.cwd()), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", command, *options],
        env={**os.environ, "PYTHONPATH": path, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


def until(found) -> None:
    deadline = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def wait_for_workers(file: Path, count: int) -> None:
    """Wait until workers have come to the scheduler of a scheduler file."""
    with Client(scheduler_file=str(file), set_as_default=False) as client:
        client.wait_for_workers(count, timeout=SECONDS)
