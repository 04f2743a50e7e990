"""Standard output and standard error that never fail: full, not there, or read by nobody any more.

Work is not given up because nobody reads its lines; that lines were lost is told by the exit code.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from scseg.base import machine

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_FAILED = 1
_READER_GONE = 141
"""What shells report of a program that a closed pipe has ended, as it does most."""
_NOT_A_PIPE_ANY_MORE = (errno.EPIPE, errno.EINVAL)  # the second on Windows


class Lossy(io.RawIOBase):
    """An open file by its number. What cannot be written is dropped, and so is all that follows."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.lost: OSError | None = None
        self._number = number

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def write(self, data: ReadableBuffer, /) -> int:
        if self.lost is None:
            try:
                return os.write(self._number, data)
            except OSError as error:
                self.lost = error
        return memoryview(data).nbytes


class Streams:
    """`sys.stdout` and `sys.stderr`, in whose place these are from now on."""

    def __init__(self) -> None:
        _occupy()
        self._output, self._errors = Lossy(1), Lossy(2)
        sys.stdout = _text(self._output, sys.stdout)
        sys.stderr = _text(self._errors, sys.stderr)

    def exit_code(self, code: int) -> int:
        """Return the code of a command that ended with `code`, if nothing of its output was lost."""
        sys.stdout.flush()
        lost = self._output.lost
        if lost is None or code:
            return code
        if lost.errno in _NOT_A_PIPE_ANY_MORE:
            return _READER_GONE
        sys.stderr.write(f"Cannot write to standard output: {lost.strerror}.\n")
        return _FAILED


def _occupy() -> None:
    """Open the null device in the place of standard streams that are not there.

    Else the next file opened would get their number, and what is printed would end up in it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free, which is this


def _text(raw: Lossy, before: TextIO | None) -> TextIO:
    """Return a stream that writes as the one before it did."""
    if not isinstance(before, io.TextIOWrapper):
        return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace")
    if machine.is_windows() and before.isatty():
        return before  # consoles of Windows take no bytes
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        before.encoding,
        before.errors,
        line_buffering=before.line_buffering,
        write_through=before.write_through,
    )
