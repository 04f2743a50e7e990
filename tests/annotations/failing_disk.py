"""A program that writes annotations, to be run under strace, which makes one kind of system call fail.

strace counts the calls of each process for itself and fails number BURNT. So each attempt is made by a forked
process that first spends calls of that kind, and of which call 1, 2, 3… of its real work then fails. What
comes of it stands in a folder for each attempt, `WAY-NUMBER`: the file, and what was told in `told`.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import numpy as np

from scseg.annotations import steps
from scseg.annotations.contents import Contents
from scseg.annotations.feature import Feature
from scseg.annotations.storage.reading import read_database
from scseg.annotations.storage.side_files import journal_path
from scseg.annotations.storage.writing import AnnotationFile, save_copy
from scseg.base.errors import ScsegError

SHAPE = (3, 64, 64)
BURNT = 40
NAME = "t.mrc.scna"


def before():
    """Return what is in the file: saved, and not to be lost."""
    contents = Contents.empty(SHAPE)
    contents.apply(steps.add_feature(contents, Feature("Membrane", (1, 0, 0), id="m")))
    contents.apply(steps.change_masks(contents, "m", {0: noise(0), 1: noise(1)}, "draw"))
    return contents


def change():
    """Return the step that is to be saved."""
    return steps.change_masks(before(), "m", {1: noise(5), 2: noise(6)}, "draw")


def after():
    contents = before()
    contents.apply(change())
    return contents


def noise(seed):
    return np.random.default_rng(seed).integers(0, 3, SHAPE[1:], dtype=np.uint8)


def update(path):
    return AnnotationFile(path, read_database(path, SHAPE)[1]), change().edits


def begin(path):
    path.unlink()
    return AnnotationFile(path, None), ()


class Copy:
    """Replaces the file, as saving a copy does."""

    def __init__(self, path):
        self._path = path

    def write(self, _, contents):
        save_copy(self._path, contents)


WAYS = {
    "update": update,
    "begin": begin,
    "replace": lambda path: (Copy(path), ()),
    "update-killed": update,
    "replace-killed": lambda path: (Copy(path), ()),
}


def burn(call, count):
    nowhere = os.open("/dev/null", os.O_RDWR)
    spend = {
        "pwrite64": lambda: os.pwrite(nowhere, b"x", 0),
        "fdatasync": lambda: os.fdatasync(nowhere),
        "fsync": lambda: os.fsync(nowhere),
        "ftruncate": lambda: os.ftruncate(nowhere, 0),
        "unlink": lambda: os.unlink("/none"),  # noqa: PTH108 - exactly this call
        "rename": lambda: os.rename("/none", "/none"),  # noqa: PTH104
    }[call]
    for _ in range(count):
        with contextlib.suppress(OSError):
            spend()
    os.close(nowhere)


def attempt(writer, edits, *, again):
    """Save once, and once more where that failed and the disk is well again; return what was told."""
    try:
        writer.write(edits, after())
    except ScsegError as error:
        if not again:
            return f"failed: {error}"
        writer.write(edits, after())
    return "saved"


def main():
    folder, call, again, places = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "once", sys.argv[4]
    whole, half, rollback = ((folder / name).read_bytes() for name in ("whole", "half", "journal"))
    for way, make in WAYS.items():
        for number in map(int, places.split(",")):
            path = folder / f"{way}-{number}" / NAME
            path.parent.mkdir()
            path.write_bytes(half if "killed" in way else whole)
            if "killed" in way:
                journal_path(path).write_bytes(rollback)
            child = os.fork()
            if child == 0:
                told = "a bug"
                try:
                    writer, edits = make(path)
                    burn(call, BURNT - number)
                    told = attempt(writer, edits, again=again)
                finally:
                    path.with_name("told").write_text(told)
                    os._exit(0)
            os.waitpid(child, 0)


if __name__ == "__main__":
    main()
