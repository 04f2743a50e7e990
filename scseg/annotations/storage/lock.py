"""Who may write an annotation, or the last session: a lock on a file beside it.

Not on the annotation itself, since SQLite locks that for moments only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.files.locks import Lock
from scseg.base.files.writing import write_errors_as_sentences

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["HeldError", "Lock", "taken"]


def acquire_lock(path: Path) -> Lock:
    """Take a lock where its folder is known to be good.

    Raises:
        LockHeldError: another process has it.
        ScsegError: it is not good after all.
    """
    with write_errors_as_sentences(path):
        return Lock.acquire(path)
