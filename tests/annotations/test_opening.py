"""Where annotations are kept, who may write them, and that they come back."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scseg.annotations import steps
from scseg.annotations.crop import Crop
from scseg.annotations.feature import Feature
from scseg.annotations.storage import location, reading
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.side_files import journal_path
from scseg.annotations.storage.writing import save_copy
from scseg.base.errors import ScsegError
from scseg.base.files.locks import Lock
from tests.annotations.actions import act
from tests.annotations.side_files import cut_off_a_transaction

SHAPE = (6, 20, 25)
HOLD = """
import sys, time
from pathlib import Path
from scseg.annotations.storage.opening import open_annotation
opened = open_annotation(Path(sys.argv[1]), (6, 20, 25))
print("open", opened.read_only, flush=True)
time.sleep(600)
"""


@pytest.fixture
def tomogram(tmp_path):
    path = tmp_path / "ä t#1?%20.mrc"
    path.touch()
    return path


@pytest.fixture
def other_process():
    """Start a process that holds the annotation of a tomogram open."""
    started = []

    def start(tomogram):
        command = [sys.executable, "-c", HOLD, str(tomogram)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "open False\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def annotate(opened, seed=0, count=30):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        step = act(opened.annotation, rng)
        if step is not None:
            opened.keep(step)
    return opened.annotation.contents.snapshot()


def test_everything_comes_back(tomogram):
    opened = open_annotation(tomogram, SHAPE)
    assert opened.messages == ()
    assert not opened.read_only
    opened.apply(
        steps.add_feature(opened.annotation.contents, Feature("Membran ä", (0.1, 0.2, 0.3)))
    )
    annotate(opened)
    contrast = {"minimum": -0.25, "auto": False, "stack": ["gauss", 2.5]}
    opened.apply(steps.change_contrast(opened.annotation.contents, contrast))
    opened.apply(
        steps.change_crop(opened.annotation.contents, Crop(1, 3, 2, 9, 4, 7, enabled=True))
    )
    assert opened.close()
    again = open_annotation(tomogram, SHAPE)
    assert again.annotation.contents == opened.annotation.contents
    assert again.annotation.contents.crop == Crop(1, 3, 2, 9, 4, 7, enabled=True)
    assert again.state.text(0) == "saved"
    again.close()


def test_looking_leaves_nothing_behind(tomogram):
    opened = open_annotation(tomogram, SHAPE)
    opened.close()
    assert list(tomogram.parent.iterdir()) == [tomogram]


def test_it_lies_beside_the_tomogram_and_touches_nothing_else(tomogram):
    foreign = tomogram.with_suffix(".scns")
    foreign.write_bytes(b"another program's")
    before = foreign.stat()
    opened = open_annotation(tomogram, SHAPE)
    annotate(opened)
    opened.close()
    assert opened.path == tomogram.with_name(tomogram.name + ".scna")
    assert {path.name for path in tomogram.parent.iterdir()} == {
        tomogram.name,
        tomogram.name + ".scna",
        foreign.name,
    }
    assert foreign.read_bytes() == b"another program's"
    assert foreign.stat().st_mtime_ns == before.st_mtime_ns


def test_the_file_is_what_the_manual_of_sqlite_calls_durable(tomogram):
    opened = open_annotation(tomogram, SHAPE)
    annotate(opened)
    opened.close()
    database = sqlite3.connect(opened.path)
    assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA user_version").fetchone() == (1,)
    database.close()


def test_a_second_process_sees_it_but_cannot_change_it(tomogram, other_process):
    first = open_annotation(tomogram, SHAPE)
    contents = annotate(first)
    first.close()
    holder = other_process(tomogram)
    second = open_annotation(tomogram, SHAPE)
    assert second.read_only
    (message,) = second.messages
    assert message == (
        f"{second.path} is open in process {holder.pid} on {socket.gethostname()}, "
        "so it can be seen here but not changed; close it there."
    )
    assert second.annotation.contents == contents
    step = steps.add_feature(contents, Feature("new", (0, 0, 0)))
    with pytest.raises(ScsegError, match="not changed"):
        second.apply(step)
    assert second.annotation.contents == contents
    assert second.flush(0)
    assert second.close()


def test_the_lock_of_a_dead_process_is_no_obstacle(tomogram, other_process):
    holder = other_process(tomogram)
    holder.kill()
    holder.wait()
    lock = location.lock_path(location.annotation_path(tomogram))
    assert lock.exists()
    opened = open_annotation(tomogram, SHAPE)
    assert opened.messages == ()
    assert str(os.getpid()) in lock.read_text()
    opened.close()
    assert not lock.exists()


def test_a_lock_text_of_anybody_is_shown_harmlessly(tomogram):
    opened = open_annotation(tomogram, SHAPE)
    lock = location.lock_path(opened.path)
    lock.write_bytes(b"\xff\x1b[31mred\n" + b"x" * 10_000)
    second = open_annotation(tomogram, SHAPE)
    assert second.read_only
    assert second.messages[0].isprintable()
    assert len(second.messages[0]) < 1000
    second.close()
    opened.close()


def refuse(number):
    def take(path):
        if path.parent.name != "annotations":
            raise OSError(number, os.strerror(number), str(path))
        return real(path)

    real = Lock.acquire
    return take


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EROFS, errno.EACCES])
def test_where_a_folder_cannot_lock_the_users_own_takes_its_place(tomogram, monkeypatch, number):
    monkeypatch.setattr(Lock, "acquire", refuse(number))
    opened = open_annotation(tomogram, SHAPE)
    own = location.fallback_path(tomogram)
    assert opened.messages == (
        f"{location.annotation_path(tomogram)} cannot be written ({os.strerror(number)}): "
        f"the annotation goes to {own}.",
    )
    contents = annotate(opened)
    assert opened.close()
    assert opened.path == own
    assert own.exists()
    monkeypatch.undo()
    # Found there again, now that the folder itself could be written, too.
    again = open_annotation(tomogram, SHAPE)
    assert again.path == own
    assert "is kept in" in again.messages[0]
    assert again.annotation.contents == contents
    again.close()
    save_copy(location.annotation_path(tomogram), contents)
    both = open_annotation(tomogram, SHAPE)
    assert f"{location.annotation_path(tomogram)} holds another one" in both.messages[0]
    both.close()


@pytest.fixture
def shared_folder():
    """A folder that its owner alone may write, seen by another user."""
    if os.geteuid() != 0:
        pytest.skip("only root can be two users")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "home").mkdir()
        (Path(folder) / "home").chmod(0o777)
        yield Path(folder)
        os.seteuid(0)


@pytest.mark.parametrize("cut_off", [False, True])
def test_the_annotation_in_a_folder_of_somebody_else_is_continued_in_the_users_own(
    shared_folder, monkeypatch, cut_off
):
    tomogram = shared_folder / "t.mrc"
    owners = open_annotation(tomogram, SHAPE)
    contents = annotate(owners)
    owners.close()
    if cut_off:
        cut_off_a_transaction(owners.path)
    before = owners.path.read_bytes()
    monkeypatch.setenv("SCSEG_HOME", str(shared_folder / "home"))
    os.seteuid(65534)
    opened = open_annotation(tomogram, SHAPE)
    assert "cannot be written (Permission denied)" in opened.messages[0]
    assert opened.annotation.contents == contents
    assert not opened.path.exists()
    opened.apply(steps.add_feature(contents, Feature("mine", (0, 0, 0))))
    assert opened.close()
    again = open_annotation(tomogram, SHAPE)
    assert again.annotation.contents.features[-1].name == "mine"
    again.close()
    os.seteuid(0)
    assert owners.path.read_bytes() == before


def test_a_transaction_that_was_cut_off_is_taken_back_without_a_question(tomogram):
    opened = open_annotation(tomogram, SHAPE)
    contents = annotate(opened)
    opened.close()
    size = opened.path.stat().st_size
    cut_off_a_transaction(opened.path)
    assert opened.path.stat().st_size > size
    again = open_annotation(tomogram, SHAPE)
    assert again.messages == ()
    assert again.annotation.contents == contents
    again.close()


def seen_from_elsewhere(path):
    """Read a file as one in a folder that may not be written: it must stay as it is."""
    before = path.read_bytes()
    elsewhere = location.AnnotationLocation(path.with_name("own"), path, None)
    contents, _ = location.read_contents(elsewhere, SHAPE)
    assert path.read_bytes() == before
    return contents


def test_a_transaction_that_was_cut_off_in_a_foreign_folder_is_taken_back_in_a_copy(tomogram):
    opened = open_annotation(tomogram, SHAPE)
    contents = annotate(opened)
    opened.close()
    cut_off_a_transaction(opened.path)
    assert seen_from_elsewhere(opened.path) == contents


@pytest.mark.parametrize("size", [0, 512])
def test_a_journal_that_tells_of_nothing_costs_no_copy(tomogram, monkeypatch, size):
    opened = open_annotation(tomogram, SHAPE)
    contents = annotate(opened)
    opened.close()
    journal_path(opened.path).write_bytes(bytes(size))
    monkeypatch.setattr(reading.shutil, "copyfile", lambda *_: pytest.fail("it was copied"))
    assert seen_from_elsewhere(opened.path) == contents


def test_a_left_journal_is_not_rolled_back_into_a_new_file(tomogram):
    opened = open_annotation(tomogram, SHAPE)
    annotate(opened)
    opened.close()
    cut_off_a_transaction(opened.path)
    opened.path.unlink()
    new = open_annotation(tomogram, SHAPE)
    contents = annotate(new, seed=1)
    assert new.close()
    again = open_annotation(tomogram, SHAPE)
    assert again.annotation.contents == contents
    again.close()


def test_a_copy_holds_everything_and_spares_what_is_open(tomogram, tmp_path):
    opened = open_annotation(tomogram, SHAPE)
    contents = annotate(opened)
    assert opened.flush(30)
    copy = tmp_path / "copy.mrc"
    save_copy(location.annotation_path(copy), contents)
    opened_copy = open_annotation(copy, SHAPE)
    assert opened_copy.annotation.contents == contents
    with pytest.raises(ScsegError, match=r"it is open in process \d+ .*; choose another name\.$"):
        save_copy(opened.path, contents)
    opened_copy.close()
    opened.close()


def test_what_was_annotated_under_an_id_that_is_gone_does_no_harm(tomogram):
    opened = open_annotation(tomogram, SHAPE)
    contents = annotate(opened)
    opened.close()
    copy = replace(contents, features=())
    opened.path.unlink()
    save_copy(opened.path, copy)
    again = open_annotation(tomogram, SHAPE)
    assert again.annotation.contents == copy
    again.close()


@pytest.mark.skipif(os.name == "nt", reason="names are counted in other units there")
def test_a_name_of_long_letters_leaves_room_for_its_annotation_in_the_users_folder(tmp_path):
    tomogram = tmp_path / ("\N{CJK UNIFIED IDEOGRAPH-8A9E}" * 83 + ".mrc")
    assert len(os.fsencode(tomogram.name)) == 253  # so there is no room beside it
    opened = open_annotation(tomogram, SHAPE)
    contents = annotate(opened)
    assert opened.close()
    again = open_annotation(tomogram, SHAPE)
    assert (again.path, again.annotation.contents) == (location.fallback_path(tomogram), contents)
    assert again.close()


@pytest.mark.parametrize("name", ["t.mrc", "a" * 200 + ".mrc", "\xe4" * 110 + ".mrc"])
def test_what_was_begun_in_the_users_folder_before_is_found_under_the_same_name(tmp_path, name):
    key = hashlib.sha256(os.fsencode((tmp_path / name).absolute())).hexdigest()[:16]
    assert location.fallback_path(tmp_path / name).name == f"{key}_{name[:150]}.scna"
