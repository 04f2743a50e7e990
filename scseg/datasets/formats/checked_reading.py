"""Looking at a file before reading it, with a sentence for each way in which the system can refuse."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files import regular_files
from scseg.base.files.writing import os_errors_as_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

_REASONS = {
    errno.ENOENT: "there is no such file; check its name and folder",
    errno.ENOTDIR: "there is no such file; check its name and folder",
    errno.EACCES: "you may not read it; ask its owner for permission",
    errno.EPERM: "you may not read it; ask its owner for permission",
    errno.ENAMETOOLONG: "its name is too long for a file",
}


def read_errors_as_sentences(path: Path) -> contextlib.AbstractContextManager[None]:
    """Turn an OSError of reading `path` into a sentence with a remedy.

    Raises:
        ScsegError: in place of any OSError that passes through.
    """
    return os_errors_as_sentences("read", path, _REASONS)


def file_length(path: Path) -> int:
    """Return the length of a file in bytes.

    Raises:
        ScsegError: missing, not allowed, empty, or no ordinary file (reading a pipe could wait for ever).
    """
    with open_checked(path) as (_, length):
        return length


@contextlib.contextmanager
def open_checked(path: Path, name: Path | None = None) -> Iterator[tuple[BufferedReader, int]]:
    """Open a file, which errors call `name`, and yield it with its length in bytes, which is not 0.

    Raises:
        ScsegError: as `file_length`; and in place of any OSError that passes through.
    """
    name = name or path
    with read_errors_as_sentences(name), regular_files.open_to_read(path) as file:
        length = os.fstat(file.fileno()).st_size
        if length == 0:
            raise ScsegError(f"Cannot read {name}: it is empty; copy or compute it again.")
        yield file, length
