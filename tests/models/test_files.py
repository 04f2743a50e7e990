"""A description and its weights: never a mixed pair, whatever a save is cut short by."""

from __future__ import annotations

import contextlib
import hashlib
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scseg.base.errors import ScsegError
from scseg.models import files
from scseg.models.files import copy_model, open_model, remove_model, save_model, weights_path
from tests.fakes.models import DESCRIPTION, write_model


def save(path, content, **changes):
    return save_model(replace(DESCRIPTION, **changes), lambda file: file.write(content), path)


def test_a_saved_pair_opens_with_the_hash_of_its_weights(tmp_path):
    saved = save(tmp_path / "m.scnm", b"abc")
    assert saved.weights_sha256 == hashlib.sha256(b"abc").hexdigest()
    assert open_model(tmp_path / "m.scnm") == saved
    assert weights_path(tmp_path / "m.scnm").read_bytes() == b"abc"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.h5", "m.scnm"]


def test_names_with_dots_keep_them(tmp_path):
    path = write_model(tmp_path)
    assert path.name == "10.00_32_0.0261_Membrane.scnm"
    assert weights_path(path).name == "10.00_32_0.0261_Membrane.h5"
    assert weights_path(path).is_file()


class Crash(BaseException):
    """The process is gone: nothing after it runs."""


@pytest.mark.parametrize("renames", range(4))
def test_a_crash_at_any_rename_leaves_the_old_or_the_new_pair(tmp_path, monkeypatch, renames):
    path = tmp_path / "m.scnm"
    save(path, b"old", loss=1.0)
    done = []
    rename = Path.replace

    def crashing(source, target):
        if len(done) == renames:
            raise Crash
        done.append(target)
        return rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crashing)
        patch.setattr(Path, "unlink", lambda *_args, **_kwargs: None)
        if renames < 3:
            with pytest.raises(Crash):
                save(path, b"new", loss=2.0)
        else:
            save(path, b"new", loss=2.0)
    opened = open_model(path)
    content = weights_path(path).read_bytes()
    assert (opened.loss, content) == ((1.0, b"old") if renames < 2 else (2.0, b"new"))


def test_a_reader_between_the_two_renames_does_not_fail_the_save(tmp_path, monkeypatch):
    path = tmp_path / "m.scnm"
    save(path, b"old")
    rename = Path.replace

    def read_after_the_description_is_renamed(source, target):
        rename(source, target)
        if target == path:
            open_model(path)

    monkeypatch.setattr(Path, "replace", read_after_the_description_is_renamed)
    saved = save(path, b"new")
    assert open_model(path) == saved
    assert weights_path(path).read_bytes() == b"new"


@pytest.mark.parametrize("saves", [1, 2])
def test_a_save_between_description_and_weights_does_not_fail_a_reader(
    tmp_path, monkeypatch, saves
):
    path = tmp_path / "m.scnm"
    save(path, b"old")
    sha256_of, left = files.sha256_of, list(range(saves))

    def save_first(weights):
        if left:
            number = left.pop()
            with monkeypatch.context() as patch:
                patch.setattr(files, "sha256_of", sha256_of)
                save(path, b"new %d" % number)
        return sha256_of(weights)

    monkeypatch.setattr(files, "sha256_of", save_first)
    opened = open_model(path)
    assert not left
    assert opened.weights_sha256 == hashlib.sha256(b"new 0").hexdigest()


def test_a_reader_after_the_description_waits_for_the_weights(tmp_path, monkeypatch):
    """The weights get their name between the look at it and the look at the name that they have first."""
    path = tmp_path / "m.scnm"
    save(path, b"old")
    fresh = path.with_name("m.new.h5")
    saved = save(path, b"new")
    weights_path(path).replace(fresh)
    weights_path(path).write_bytes(b"old")
    sha256_of = files.sha256_of

    def rename_after(weights):
        found = sha256_of(weights)
        if fresh.is_file():
            fresh.replace(weights_path(path))
        return found

    monkeypatch.setattr(files, "sha256_of", rename_after)
    assert open_model(path) == saved


def test_weights_that_cannot_be_written_leave_the_old_pair_and_nothing_else(tmp_path):
    path = tmp_path / "m.scnm"
    save(path, b"old")

    def full(file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(ScsegError, match=r"m\.scnm: the disk is full"):
        save_model(DESCRIPTION, full, path)
    assert open_model(path)
    assert weights_path(path).read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.h5", "m.scnm"]


def test_missing_weights(tmp_path):
    save(tmp_path / "m.scnm", b"abc")
    weights_path(tmp_path / "m.scnm").unlink()
    with pytest.raises(ScsegError, match=r"m\.h5 of the model are missing"):
        open_model(tmp_path / "m.scnm")


def test_altered_weights(tmp_path):
    save(tmp_path / "m.scnm", b"abc")
    weights_path(tmp_path / "m.scnm").write_bytes(b"abd")
    with pytest.raises(ScsegError, match="does not hold the weights"):
        open_model(tmp_path / "m.scnm")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x" * (1 << 21), b"null"])
def test_foreign_files(tmp_path, content):
    (tmp_path / "m.scnm").write_bytes(content)
    with pytest.raises(ScsegError, match="not a model"):
        open_model(tmp_path / "m.scnm")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(ScsegError, match="no model"):
        open_model(tmp_path / "m.scnm")
    with pytest.raises(ScsegError, match="folder"):
        open_model(tmp_path)


def test_weights_of_something_else_are_not_written_over(tmp_path):
    (tmp_path / "m.h5").write_bytes(b"years of work")
    with pytest.raises(ScsegError, match=r"m\.h5 is there already"):
        save_model(DESCRIPTION, lambda file: file.write(b"new"), tmp_path / "m.scnm")
    assert (tmp_path / "m.h5").read_bytes() == b"years of work"
    assert [path.name for path in tmp_path.iterdir()] == ["m.h5"]


def link_or_skip(link, target):
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("this user may make no links")


@pytest.mark.parametrize("name", ["m.new.h5", "m.h5", "m.scnm"])
@pytest.mark.parametrize("old", [True, False])
def test_a_link_in_the_place_of_any_file_of_a_pair_is_refused(tmp_path, name, old):
    source = write_model(tmp_path)
    victim, folder = tmp_path / "photo.h5", tmp_path / "out"
    victim.write_bytes(b"precious")
    folder.mkdir()
    if old:
        save(folder / "m.scnm", b"old")
        (folder / name).unlink(missing_ok=True)
    link_or_skip(folder / name, victim)
    before = {path.name: path.is_symlink() or path.read_bytes() for path in folder.iterdir()}
    for write in (
        lambda: save(folder / "m.scnm", b"new"),
        lambda: copy_model(source, folder / "m.scnm"),
    ):
        with pytest.raises(ScsegError, match=f"{name} is a link"):
            write()
    after = {path.name: path.is_symlink() or path.read_bytes() for path in folder.iterdir()}
    assert after == before
    assert victim.read_bytes() == b"precious"


def test_weights_of_a_model_with_a_similar_name_are_neither_written_over_nor_removed(tmp_path):
    saved = save(tmp_path / "m.new.scnm", b"of m.new")
    with pytest.raises(ScsegError, match=r"m\.new\.h5 is there already"):
        save(tmp_path / "m.scnm", b"of m")
    remove_model(tmp_path / "m.scnm")
    assert open_model(tmp_path / "m.new.scnm") == saved


def test_a_save_that_was_cut_off_before_the_last_name_is_finished_before_the_next(tmp_path):
    path = tmp_path / "m.scnm"
    save(path, b"old")
    weights_path(path).rename(tmp_path / "m.new.h5")
    with pytest.raises(ScsegError, match="disk is full"):
        save_model(DESCRIPTION, full, path)
    open_model(path)
    assert weights_path(path).read_bytes() == b"old"


def full(file):
    file.write(b"half")
    raise OSError(28, "No space left on device")


def test_weights_that_the_disk_keeps_otherwise_never_take_the_place_of_the_old(
    tmp_path, monkeypatch
):
    path = tmp_path / "m.scnm"
    save(path, b"old")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    real = files.atomic_file

    @contextlib.contextmanager
    def forgetful(target, called):
        with real(target, called) as file:
            yield file
            file.truncate(2)

    monkeypatch.setattr(files, "atomic_file", forgetful)
    with pytest.raises(ScsegError, match="keeps other bytes"):
        save(path, b"new")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


KILLED_WHILE_SAVING = """
import os, sys
from pathlib import Path
from unittest import mock
from tests.fakes.models import DESCRIPTION
from scseg.models.files import save_model
left = int(sys.argv[2])
def killed(source, target, real=Path.replace):
    global left
    if left == 0:
        os.kill(os.getpid(), 9)
    left -= 1
    return real(source, target)
with mock.patch.object(Path, "replace", killed):
    save_model(DESCRIPTION, lambda file: file.write(b"new"), Path(sys.argv[1]))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has other ends")
@pytest.mark.parametrize("renames", range(4))
@pytest.mark.parametrize("again", [True, False])
def test_a_kill_at_any_rename_leaves_a_pair_and_nothing_after_the_next_save(
    tmp_path, renames, again
):
    path = tmp_path / "m.scnm"
    save(path, b"old")
    subprocess.run([sys.executable, "-c", KILLED_WHILE_SAVING, path, str(renames)], check=False)
    if again:
        open_model(path)
        assert weights_path(path).read_bytes() == (b"old" if renames < 2 else b"new")
    save(path, b"newest")
    open_model(path)
    assert weights_path(path).read_bytes() == b"newest"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["m.h5", "m.scnm"]
