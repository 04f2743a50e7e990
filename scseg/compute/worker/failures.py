"""The edge of a worker: whatever goes wrong with one request becomes a reply, and the worker goes on."""

from __future__ import annotations

import contextlib
import traceback
from typing import TYPE_CHECKING

from scseg.compute.messages import Failed, SliceRequest, TrainingRequest
from scseg.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection


@contextlib.contextmanager
def explained_failure(
    connection: Connection, request: SliceRequest | TrainingRequest
) -> Iterator[None]:
    """Send `Failed` for any exception but that the parent is gone."""
    try:
        yield
    except (EOFError, ConnectionError):
        raise
    except ScsegError as error:
        connection.send(Failed(request, str(error)))
    except MemoryError:
        sentence = (
            "There is not enough memory for this: close other programs, or use smaller boxes."
        )
        connection.send(Failed(request, sentence, traceback.format_exc()))
    except Exception as error:  # noqa: BLE001 - a bug, told with its traceback; the worker must go on
        sentence = f"The program made an error ({type(error).__name__}: {error})."
        connection.send(Failed(request, sentence, traceback.format_exc()))
