"""Keeps exports on the disk until they are taken out of the list; each belongs to one window at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files.folders_to_write import made_folder
from scseg.base.files.locks import Lock, LockHeldError
from scseg.base.files.writing import acquire_lock
from scseg.persistence import kept_exports
from scseg.persistence.kept_exports import KeptBatch, batches_of

if TYPE_CHECKING:
    from scseg.state.exports import QueuedExport

Queue = tuple["QueuedExport", ...]


class BatchFiles:
    """The folders of the exports in this window's list, locked against others; for one thread at a time."""

    def __init__(self) -> None:
        self._locks: dict[str, Lock] = {}
        self._written: dict[str, KeptBatch] = {}

    def take_left(self) -> Queue:
        """Take over what windows have left that are gone; return it in the order in which it was begun.

        What cannot be read is left to a program that can.
        """
        found: list[QueuedExport] = []
        for name in kept_exports.batch_names():
            try:
                # Models without a record are being copied at this moment, or that was cut short.
                if not kept_exports.record_path(name).is_file():
                    continue
                self._lock(name)
                batch = kept_exports.load(name)
            except (LockHeldError, ScsegError, OSError):
                self._release(name)
                continue
            self._written[name] = batch
            found += batch.exports
            if not batch.exports:
                self._remove(name)
        return tuple(found)

    def save(self, queue: Queue) -> None:
        """Write down what has changed, and remove what is not in the list any more.

        Raises:
            ScsegError: a file cannot be written.
        """
        batches = {batch.name: batch for batch in batches_of(queue)}
        for name, batch in batches.items():
            if name not in self._locks:
                self._lock(name)
            if batch != self._written.get(name):
                kept_exports.save(batch)
                self._written[name] = batch
                if all(export.status == "done" for export in batch.exports):
                    kept_exports.remove_models(name)
        for name in list(self._locks):
            if name not in batches:
                self._remove(name)

    def release_all(self) -> None:
        for name in list(self._locks):
            self._release(name)

    def _lock(self, name: str) -> None:
        made_folder(kept_exports.batch_folder(""))
        self._locks[name] = acquire_lock(kept_exports.lock_path(name))

    def _remove(self, name: str) -> None:
        kept_exports.remove(name)
        self._written.pop(name, None)
        self._release(name)

    def _release(self, name: str) -> None:
        lock = self._locks.pop(name, None)
        if lock is not None:
            lock.release()
