"""The edge of a worker: whatever goes wrong with one request becomes a reply, and the worker goes on."""

from __future__ import annotations

import contextlib
import traceback
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.missing_packages import missing_package
from scseg.compute.messages import Failed
from scseg.compute.worker_death import memory_remedy
from scseg.models.out_of_memory import is_out_of_memory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from scseg.compute.worker_death import Request


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
        if is_out_of_memory(error):
            sentence = f"There is not enough memory for this: {memory_remedy(request)}."
        elif missing := missing_package(error):
            sentence = f"{missing[0].upper()}{missing[1:]}."
        connection.send(Failed(request, sentence, traceback.format_exc()))
