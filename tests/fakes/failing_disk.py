"""A disk on which the n-th call that changes anything fails, whatever Python's libraries make it."""

from __future__ import annotations

import builtins
import contextlib
import errno
import inspect
import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = ("write", "fsync", "replace", "rename", "link", "mkdir", "ftruncate")


@dataclass
class Disk:
    """Fails at call `fails_at`, counted from 1; `for_good`: and at each one after it, as a full disk does."""

    fails_at: int
    for_good: bool
    calls: int = 0

    @property
    def failed(self) -> bool:
        return self.calls >= self.fails_at

    def call(self) -> None:
        self.calls += 1
        if self.calls == self.fails_at or (self.for_good and self.failed):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextlib.contextmanager
def failing_disk(fails_at: int, *, for_good: bool = False) -> Iterator[Disk]:
    disk = Disk(fails_at, for_good)
    with contextlib.ExitStack() as patches:
        for name in CALLS:
            patches.enter_context(mock.patch.object(os, name, _counted(getattr(os, name), disk)))
        patches.enter_context(mock.patch.object(os, "open", _counted_creation(os.open, disk)))
        for module in (builtins, io):
            opening = _counted_writes(io.open, disk)
            patches.enter_context(mock.patch.object(module, "open", opening))
        yield disk


def _counted(real, disk):
    def call(*arguments, **named):
        disk.call()
        return real(*arguments, **named)

    return call


def _counted_creation(real, disk):
    def call(path, flags, *arguments, **named):
        if flags & os.O_CREAT:
            disk.call()
        return real(path, flags, *arguments, **named)

    return call


def _counted_writes(real, disk):
    class Raw(io.FileIO):
        def write(self, content):
            disk.call()
            return super().write(content)

        def truncate(self, size=None):
            disk.call()
            return super().truncate(size)

    def opened(*arguments, **named):
        told = inspect.signature(real).bind(*arguments, **named).arguments
        file, mode = told["file"], told.get("mode", "r")
        if not set(mode) & set("wax+"):
            return real(*arguments, **named)
        raw = Raw(file, mode.replace("b", "").replace("t", ""), opener=told.get("opener"))
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, told.get("encoding"))

    return opened
