"""Tests of networks run in a process of their own: Keras and the window's libraries crash each other."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def in_keras_process() -> Iterator[Callable[..., object]]:
    """Return a function that calls a module-level function of a test there and returns its result."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=_prepare) as pool:
        # Started before the first test, so that it is not taken for something that test left behind.
        pool.submit(int).result()
        yield lambda function, *arguments: pool.submit(function, *arguments).result()


def _prepare() -> None:
    from scseg.compute import launch  # noqa: PLC0415

    launch.set_up_keras(Path(__file__))
    from scseg.models.networks import backend  # noqa: PLC0415 - only in that process

    backend.prepare()
