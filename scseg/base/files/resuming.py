"""Files that take hours to write: what a killed writer has left of one goes on.

The content so far lies hidden beside the file, under a name with a key of all that it depends on. A writer
that fails or is cancelled leaves nothing; one that was killed, or told to end by the system, leaves that.
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, BinaryIO

from scseg.base.errors import SuspendedError
from scseg.base.files import regular_files
from scseg.base.files.temporary_files import hidden_name, is_own
from scseg.base.files.writing import (
    flush_file,
    flush_folder,
    write_errors_as_sentences,
    write_lock,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENDING = ".scseg-part"
_KEY_LENGTH = 16


@contextlib.contextmanager
def resumed_file(path: Path, key: str) -> Iterator[BinaryIO]:
    """Yield an open file that takes the place of `path` on success; otherwise as `writing.atomic_file`.

    Args:
        path: what is written in the end.
        key: hexadecimal digits that tell all that the content depends on. Where a writer of the same key was
            killed, the file holds what it had written, else nothing. What is left of other keys is removed.

    Raises:
        BusyError: somebody else is writing `path`.
        ScsegError: the file cannot be written (no space, no permission, no folder), or is a link.
    """
    with write_errors_as_sentences(path):
        regular_files.check_to_write(path)
        with write_lock(path):
            partial = _partial_path(path, key)
            _remove_others(path, partial)
            if not partial.exists():
                os.close(regular_files.create_descriptor(partial))
            try:
                with regular_files.open_to_change(partial) as file:
                    yield file
                flush_file(partial)
                partial.replace(path)
                flush_folder(path.parent)
            except SuspendedError:
                raise
            except BaseException:
                partial.unlink(missing_ok=True)
                raise


def remove_partials(path: Path) -> None:
    """Remove what killed or suspended writers of a file have left, whatever the content was to be.

    Raises:
        BusyError: somebody is writing `path`.
        ScsegError: it cannot be removed.
    """
    with write_errors_as_sentences(path), write_lock(path):
        for left in _found(path):
            if is_own(left.stat(follow_symlinks=False)):
                path.with_name(left.name).unlink(missing_ok=True)


def _partial_path(path: Path, key: str) -> Path:
    return path.with_name(f"{hidden_name(path)}.{key[:_KEY_LENGTH]}{_ENDING}")


def _remove_others(path: Path, partial: Path) -> None:
    """Remove what killed writers of `path` have left of other content, and what is not this user's."""
    for entry in _found(path):
        own = is_own(entry.stat(follow_symlinks=False))
        if own == (entry.name != partial.name):
            path.with_name(entry.name).unlink(missing_ok=True)


def _found(path: Path) -> list[os.DirEntry[str]]:
    start = re.escape(hidden_name(path))
    pattern = re.compile(rf"{start}\.[0-9a-f]{{{_KEY_LENGTH}}}{re.escape(_ENDING)}")
    with os.scandir(path.parent) as entries:
        return [each for each in entries if pattern.fullmatch(each.name)]
