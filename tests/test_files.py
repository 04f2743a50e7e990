"""Files that are replaced: the old one or the new one, and nothing else."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from scseg.errors import ScsegError
from scseg.files import replaced


class Crash(BaseException):
    pass


def names(folder):
    return [path.name for path in folder.iterdir()]


def test_the_new_content_appears_under_the_name_alone(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replaced(path) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".txt"
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("old", ["old", None])
def test_a_failure_leaves_what_was_there(tmp_path, old):
    path = tmp_path / "a.txt"
    if old:
        path.write_text(old)

    def write_and_fail():
        with replaced(path) as temporary:
            temporary.write_text("half")
            raise Crash

    with pytest.raises(Crash):
        write_and_fail()
    assert names(tmp_path) == (["a.txt"] if old else [])
    assert not old or path.read_text() == old


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_its_mode_is_that_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    with replaced(tmp_path / "a.txt"):
        pass
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def write(path):
    with replaced(path) as temporary:
        temporary.write_text("new")


def test_what_the_system_refuses_is_a_sentence_with_the_remedy(tmp_path):
    with pytest.raises(ScsegError, match=r"no/a\.txt: its folder does not exist; create it"):
        write(tmp_path / "no" / "a.txt")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ScsegError, match="there is a folder of that name"):
        write(tmp_path / "folder")
    with pytest.raises(ScsegError, match="the disk is full"), replaced(tmp_path / "a.txt"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert names(tmp_path) == ["folder"]


@pytest.mark.skipif(os.name == "nt", reason="Windows flushes folders by itself")
def test_a_disk_that_cannot_flush_folders_does(tmp_path, monkeypatch):
    flush = os.fsync

    def refuse_folders(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        flush(handle)

    monkeypatch.setattr(os, "fsync", refuse_folders)
    write(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "new"
