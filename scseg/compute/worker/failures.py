"""The edge of a worker: whatever goes wrong with one request becomes a reply, and the worker goes on."""

from __future__ import annotations

import contextlib
import traceback
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.compute.messages import Failed
from scseg.compute.worker_death import memory_remedy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from scseg.compute.worker_death import Request

_OUT_OF_MEMORY = ("ResourceExhaustedError", "OutOfMemoryError")
"""Names, because these of TensorFlow and torch do not derive from Python's."""


@contextlib.contextmanager
def report_failure(connection: Connection, request: Request) -> Iterator[None]:
    """Send `Failed` for any exception but that the parent is gone."""
    try:
        yield
    except (EOFError, ConnectionError):
        raise
    except ScsegError as error:
        connection.send(Failed(request, str(error)))
    except Exception as error:  # noqa: BLE001 - a bug, told with its traceback; the worker must go on
        sentence = f"The program made an error ({type(error).__name__}: {error})."
        if isinstance(error, MemoryError) or type(error).__name__ in _OUT_OF_MEMORY:
            sentence = f"There is not enough memory for this: {memory_remedy(request)}."
        connection.send(Failed(request, sentence, traceback.format_exc()))
