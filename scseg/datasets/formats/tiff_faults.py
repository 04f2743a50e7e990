"""What can be wrong with the inside of a TIFF file, told in a sentence."""

from __future__ import annotations

import contextlib
import logging
import re
import struct
import threading
from typing import TYPE_CHECKING

import tifffile

from scseg.base.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What tifffile finds odd but can read is nobody's concern; its errors are told as our own.
logging.getLogger("tifffile").addHandler(logging.NullHandler())

_FAULTS = (
    tifffile.TiffFileError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)
"""What tifffile and its codecs raise on damaged files, found by trying."""


@contextlib.contextmanager
def tiff_errors_as_sentences(name: Path, remedy: str) -> Iterator[None]:
    """Make a sentence of whatever tifffile stumbles over in a file, be it raised or only logged.

    A truncated file can read as one of fewer slices, and the log alone tells of the others.

    Raises:
        ScsegError: in place of any of these; `remedy` ends its sentence.
    """
    complaints = _Complaints()
    logger = logging.getLogger("tifffile")
    logger.addHandler(complaints)
    try:
        yield
    except _FAULTS as error:
        raise ScsegError(f"{name} is not a TIFF file, or damaged ({error}); {remedy}.") from error
    finally:
        logger.removeHandler(complaints)
    if complaints.messages:
        raise ScsegError(
            f"{name} is damaged or truncated ({complaints.messages[0]}); copy or save it again."
        )


class _Complaints(logging.Handler):
    """Keeps the errors that this thread logs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.messages.append(re.sub(r"^<.*?> ", "", record.getMessage()))
