"""A client of a running Dask scheduler."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from scseg.base.errors import ScsegError
from scseg.base.json_values import as_dict, parse_json
from scseg.datasets.formats.checked_reading import open_checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from distributed import Client

Value = TypeVar("Value")

_SECONDS_TO_CONNECT = 10
_SECONDS_TO_LEAVE = 3
_SECONDS_TO_FETCH = 10.0
_LARGEST = 1 << 20


@contextlib.contextmanager
def connected(address: str) -> Iterator[Client]:
    """Yield a client of the scheduler at an address, or of the file that it was told to write.

    Raises:
        ScsegError: Dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, which takes a second to be imported
    except ImportError as error:
        raise ScsegError(
            'Clusters need Dask, which is not installed: pip install "scseg[cluster]".'
        ) from error
    # What it logs of lost connections is told in sentences.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    place = _told_in_file(address)
    try:
        client = Client(place, timeout=_SECONDS_TO_CONNECT, set_as_default=False, name="scseg")
    except (
        OSError,
        ValueError,
        ImportError,
    ) as error:  # of a scheme that Dask does not know, ValueError
        raise ScsegError(
            f"No Dask scheduler answers at {place}: check the address (such as tcp://host:8786) and that the "
            "scheduler runs and can be reached from here."
        ) from error
    try:
        yield client
    finally:
        with contextlib.suppress(OSError):  # the scheduler may be gone
            client.close(timeout=_SECONDS_TO_LEAVE)


def fetched(fetch: Callable[..., Value]) -> Value | None:
    """Return what a method of a future fetches; None where its worker or the scheduler is lost."""
    with contextlib.suppress(OSError, TimeoutError, asyncio.CancelledError):
        return fetch(timeout=_SECONDS_TO_FETCH)
    return None


def _told_in_file(address: str) -> str:
    """Return the address in the file that `dask scheduler --scheduler-file` writes, if it is one."""
    path = Path(address)
    if "://" in address or path.suffix != ".json":
        return address
    with open_checked(path) as (file, _):
        text = file.read(_LARGEST)
    try:
        told = as_dict(parse_json(text)).get("address")
    except ValueError:
        told = None
    if not isinstance(told, str):
        raise ScsegError(
            f"{path} is no scheduler file of Dask: name the one of dask scheduler --scheduler-file, or an "
            "address such as tcp://host:8786."
        )
    return told
