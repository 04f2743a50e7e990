"""Damaged annotations with damaged, hostile and misplaced side files: opened or told, and no harm done.

SCSEG_MUTANTS says how many; each number gives the same mutant at every run.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import time

import numpy as np
import pytest

from scseg.annotations import steps
from scseg.annotations.contents import Contents
from scseg.annotations.feature import Feature
from scseg.annotations.storage import location
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.read_only import read_annotation
from scseg.annotations.storage.relocate import read_left_behind
from scseg.annotations.storage.side_files import journal_path
from scseg.annotations.storage.writing import save_copy
from scseg.base.errors import ScsegError
from tests.annotations.side_files import (
    MAGIC,
    cut_off_a_transaction,
    header,
    super_journal,
    write_ahead_log,
)

SHAPE = (5, 64, 48)
MUTANTS = int(os.environ.get("SCSEG_MUTANTS", "150"))
PRECIOUS = b"of the user\n" * 1000
ZEROS = bytes(4096)
MOST_BYTES = 50_000_000

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")


@pytest.fixture(scope="module")
def genuine(tmp_path_factory):
    """What the program and SQLite leave: a file, half of a transaction with its journal, logs."""
    path = tmp_path_factory.mktemp("genuine") / "t.scna"
    contents = Contents.empty(SHAPE)
    contents.apply(steps.add_feature(contents, Feature("Membrane", (1, 0, 0), id="m")))
    masks = np.random.default_rng(0).integers(0, 3, SHAPE, dtype=np.uint8)
    contents.apply(steps.change_masks(contents, "m", dict(enumerate(masks)), "draw"))
    boxes = [(z, y, 5) for z in range(5) for y in range(9)]
    contents.apply(steps.change_boxes(contents, "m", add=boxes))
    save_copy(path, contents)
    files = {"whole": path.read_bytes(), "-wal": write_ahead_log(path), "-shm": bytes(32768)}
    cut_off_a_transaction(path)
    return files | {"half": path.read_bytes(), "-journal": journal_path(path).read_bytes()}


def damaged(rng, raw):
    """Change bytes, most often where the numbers of the first page stand, and cut or lengthen."""
    changed = bytearray(raw)
    for _ in range(rng.choice([0, 1, 1, 3, 8, 40])):
        at = rng.randrange(len(changed) if rng.random() < 0.5 else min(len(changed), 200))
        value = rng.randrange(1 << 8 * rng.choice([1, 4]))
        length = (value.bit_length() + 7) // 8 or 1
        changed[at : at + length] = value.to_bytes(length)
    if rng.random() < 0.2:
        del changed[rng.randrange(len(changed)) :]
    return bytes(changed) + rng.randbytes(rng.choice([0, 0, 0, 1, 5000]))


def put_socket(side):
    with socket.socket(socket.AF_UNIX) as made, contextlib.suppress(OSError):  # a long path
        made.bind(str(side))


def put_side(rng, side, raw, victim):
    """Put a side file that is genuine, damaged, of the user, or no file at all."""
    match rng.randrange(12):
        case 0 | 1 | 2:
            side.write_bytes(raw)
        case 3 | 4 | 5:
            side.write_bytes(damaged(rng, raw))
        case 6:
            side.write_bytes(damaged(rng, raw) + super_journal(victim))
        case 7:
            first = rng.choice([MAGIC, bytes(8), b"a letter", MAGIC[:5] + b"xyz"])
            page_size = rng.choice([0, 512, 4096, 65536, 2**31])
            side.write_bytes(header(rng.randrange(2**32), first, page_size) + super_journal(victim))
        case 8:
            side.symlink_to(rng.choice([victim, victim.with_name("none"), victim.parent, side]))
        case 9:
            rng.choice([side.mkdir, lambda: os.mkfifo(side), lambda: put_socket(side)])()
        case 10:
            side.hardlink_to(rng.choice(list(victim.parent.iterdir())))
        case 11:
            side.write_bytes(rng.choice([b"", b"\0" * 512, PRECIOUS]))


def look(path):
    if path.is_symlink():
        return path.readlink()
    return path.read_bytes() if path.is_file() else path.lstat().st_mode


def seen(folder):
    return {path.name: look(path) for path in folder.iterdir()}


def use(rng, tomogram):
    """Do one of all that meets the file; tell whether it is one that only looks."""
    way = rng.choice(
        [open_annotation, open_annotation, read_annotation, read_left_behind, save_copy]
    )
    if way is open_annotation:
        opened = open_annotation(tomogram, SHAPE)
        try:
            if not opened.read_only:
                new = Feature("new", (0, 0, 0))
                opened.apply(steps.add_feature(opened.annotation.contents, new))
        finally:
            opened.close(0.5)
    elif way is save_copy:
        save_copy(location.annotation_path(tomogram), Contents.empty(SHAPE))
    else:
        way(tomogram, SHAPE)


def may_be_played(content):
    """Tell whether a journal that begins like one of SQLite's is gone rightly after it was played back."""
    return isinstance(content, bytes) and not content.endswith(MAGIC)


def check_kept(before, after):
    """Each side file is there still, under its name or another, save of a journal that was played back."""
    for name, content in before.items():
        if name.endswith((".scna", ".lock")) or after.get(name) == content:
            continue
        kept = [each for each in after if each.startswith(f"{name}-aside-")]
        if name.endswith("-journal") and not kept:
            assert may_be_played(content), name
            assert content[:8] in (MAGIC[: len(content)], bytes(len(content[:8]))), content[:8]
        else:
            assert [after[each] for each in kept] == [content], name


def run(number, folder, genuine):
    """Make a mutant and use it; return what happened."""
    rng = random.Random(number)
    data, elsewhere = folder / "data", folder / "elsewhere"
    data.mkdir()
    elsewhere.mkdir()
    victim = elsewhere / "precious.txt"
    victim.write_bytes(PRECIOUS)
    (elsewhere / "zeros").write_bytes(ZEROS)
    tomogram = data / "t.mrc"
    path = location.annotation_path(tomogram)
    raw = genuine[rng.choice(["whole", "half"])]
    path.write_bytes(raw if rng.random() < 0.6 else damaged(rng, raw))
    for ending, chance in {"-journal": 0.8, "-wal": 0.2, "-shm": 0.1}.items():
        if rng.random() < chance:
            put_side(rng, path.with_name(path.name + ending), genuine[ending], victim)
    if rng.random() < 0.2:
        location.lock_path(path).write_bytes(rng.choice([b"", b"\xff\x1b[31m", PRECIOUS]))
    before = seen(data)
    try:
        use(rng, tomogram)
        told = "used"
    except ScsegError:
        told = "told"
    assert seen(elsewhere) == {"precious.txt": PRECIOUS, "zeros": ZEROS}
    after = seen(data)
    check_kept(before, after)
    assert sum(each.lstat().st_size for each in data.iterdir()) < MOST_BYTES
    return told


@pytest.mark.timeout(120 + MUTANTS)
def test_nothing_is_harmed(tmp_path, genuine, capsys):
    told, longest = [], 0.0
    for number in range(MUTANTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        begun = time.monotonic()
        try:
            told.append(run(number, folder, genuine))
        except Exception as error:
            raise AssertionError(f"mutant {number}") from error
        longest = max(longest, time.monotonic() - begun)
        shutil.rmtree(folder)
    assert {"used", "told"} == set(told)
    with capsys.disabled():
        if "SCSEG_MUTANTS" in os.environ:
            print(f"{MUTANTS} mutants, {told.count('used')} used, the longest {longest:.2f} s")  # noqa: T201
