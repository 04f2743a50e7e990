"""Files that are replaced: the old one or the new one, and nothing else."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading

import pytest

from scseg.base.errors import ScsegError
from scseg.base.files import temporary_files as temporaries
from scseg.base.files import writing
from scseg.base.files.locks import Lock
from scseg.base.files.writing import BusyError, atomic_file, atomic_path, write_lock
from scseg.base.files.writing import atomic_write as write_bytes


class Crash(BaseException):
    pass


def names(folder):
    return [path.name for path in folder.iterdir()]


def test_the_new_content_appears_under_the_name_alone(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with atomic_path(path) as temporary:
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
        with atomic_path(path) as temporary:
            temporary.write_text("half")
            raise Crash

    with pytest.raises(Crash):
        write_and_fail()
    assert names(tmp_path) == (["a.txt"] if old else [])
    assert not old or path.read_text() == old


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_its_mode_is_that_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    with atomic_path(tmp_path / "a.txt"):
        pass
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def write(path):
    with atomic_path(path) as temporary:
        temporary.write_text("new")


def test_what_the_system_refuses_is_a_sentence_with_the_remedy(tmp_path):
    with pytest.raises(ScsegError, match=r"no/a\.txt: its folder does not exist; create it"):
        write(tmp_path / "no" / "a.txt")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ScsegError, match="there is a folder of that name"):
        write(tmp_path / "folder")
    with pytest.raises(ScsegError, match="the disk is full"), atomic_path(tmp_path / "a.txt"):
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


needs_links = pytest.mark.skipif(os.name == "nt", reason="Windows gives links to few")


@needs_links
@pytest.mark.parametrize("there", [True, False])
def test_a_link_in_the_place_of_the_file_is_refused_and_nothing_is_touched(tmp_path, there):
    (tmp_path / "out").mkdir()
    target = tmp_path / "thesis.tex"
    if there:
        target.write_text("my only thesis")
    link = tmp_path / "out" / "a.txt"
    link.symlink_to(target)
    with pytest.raises(ScsegError, match=r"a\.txt is a link, .*; remove it or choose another name"):
        write(link)
    assert link.is_symlink()
    assert target.exists() == there
    assert not there or target.read_text() == "my only thesis"
    assert names(tmp_path / "out") == ["a.txt"]


@needs_links
def test_a_folder_may_be_reached_through_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link" / "a.txt")
    assert (tmp_path / "real" / "a.txt").read_text() == "new"
    assert names(tmp_path / "real") == ["a.txt"]


@needs_links
def test_a_link_in_the_place_of_the_lock_is_refused(tmp_path):
    victim = tmp_path / "thesis.tex"
    victim.write_text("my only thesis")
    temporaries.lock_path(tmp_path / "a.txt").symlink_to(victim)
    with pytest.raises(ScsegError, match="is a link"):
        write(tmp_path / "a.txt")
    assert victim.read_text() == "my only thesis"


@needs_links
def test_a_pipe_in_the_place_of_the_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(ScsegError, match="a device or a pipe"):
        write(tmp_path / "a.txt")
    assert names(tmp_path) == ["a.txt"]


def test_other_names_of_the_old_file_keep_its_content(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "b.txt").hardlink_to(tmp_path / "a.txt")
    write(tmp_path / "a.txt")
    assert (tmp_path / "b.txt").read_text() == "old"


@pytest.mark.parametrize("name", ["x" * 250 + ".txt", "a." + "x" * 250, "\udcff\n.txt", "ö" * 120])
def test_any_name_that_a_file_can_have(tmp_path, name):
    try:
        (tmp_path / name).touch()
    except (OSError, ValueError):
        pytest.skip("not on this disk")
    with atomic_file(tmp_path / name) as file:
        file.write(b"new")
    assert (tmp_path / name).read_bytes() == b"new"
    assert names(tmp_path) == [name]


def test_a_name_that_is_too_long_is_told(tmp_path):
    with pytest.raises(ScsegError, match="its name is too long"):
        write_bytes(tmp_path / ("x" * 300), b"new")


WRITES_UNTIL_KILLED = """
import sys
from pathlib import Path
from scseg.base.files.writing import atomic_file
with atomic_file(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other_writer(tmp_path):
    """Return a process that is in the middle of writing a.txt."""
    command = [sys.executable, "-c", WRITES_UNTIL_KILLED, str(tmp_path / "a.txt")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().strip() == b"writing"
        yield process
        process.kill()


def test_what_a_killed_writer_left_is_removed_by_the_next_and_nothing_else(tmp_path, other_writer):
    other_writer.kill()
    other_writer.wait()
    left = set(names(tmp_path))
    assert len(left) == 2
    temporary = next(name for name in left if name.endswith(".scseg-tmp.txt"))
    others = {
        "." + temporary,
        temporary + ".bak",
        temporary.replace(".a.txt.", ".b.txt."),
        temporary.replace(".a.txt.", ".a.txt.0"),
        "a.txt.scseg-tmp.txt",
    }
    for name in others:
        (tmp_path / name).touch()
    folder = tmp_path / temporary.replace(".scseg-tmp.txt", ".scseg-tmp.d")
    folder.mkdir()
    if os.name != "nt":
        link = tmp_path / temporary.replace(".scseg-tmp.txt", ".scseg-tmp.l")
        link.symlink_to("thesis.tex")
        others.add(link.name)
    write(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "new"
    assert set(names(tmp_path)) == others | {"a.txt", folder.name}


def test_a_folder_of_the_programs_own_is_cleared_of_what_killed_writers_left(
    tmp_path, other_writer
):
    with atomic_file(tmp_path / "b.txt"):
        temporaries.clear_leftovers(tmp_path)
        assert len(names(tmp_path)) == 4  # both are at it
    assert len(names(tmp_path)) == 3
    other_writer.kill()
    other_writer.wait()
    temporaries.clear_leftovers(tmp_path)
    assert names(tmp_path) == ["b.txt"]


def test_a_second_run_that_writes_the_same_says_so_and_harms_neither(
    tmp_path, other_writer, monkeypatch
):
    monkeypatch.setattr(writing, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(
        BusyError, match=rf"a\.txt: it is being written by process {other_writer.pid} "
    ):
        write(tmp_path / "a.txt")
    write(tmp_path / "b.txt")
    other_writer.stdin.close()
    other_writer.wait()
    assert (tmp_path / "a.txt").read_text() == "half"
    assert sorted(names(tmp_path)) == ["a.txt", "b.txt"]
    write(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "new"


def test_threads_that_write_the_same_wait_for_each_other(tmp_path):
    path, failures = tmp_path / "a.txt", []

    def write_often(number):
        try:
            for _ in range(20):
                write_bytes(path, b"%d" % number)
        except ScsegError as error:
            failures.append(error)

    threads = [threading.Thread(target=write_often, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_where_a_disk_cannot_lock_files_are_written_all_the_same(tmp_path, monkeypatch, number):
    def refuse(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("scseg.base.machine.lock_at_once", refuse)
    write(tmp_path / "a.txt")
    with write_lock(tmp_path / "a.txt") as was_killed:
        assert not was_killed
    assert names(tmp_path) == ["a.txt"]


def test_it_is_told_whether_the_last_writer_was_killed(tmp_path, other_writer):
    other_writer.kill()
    other_writer.wait()
    with write_lock(tmp_path / "a.txt") as was_killed:
        assert was_killed
    with write_lock(tmp_path / "a.txt") as was_killed:
        assert not was_killed


def test_letting_go_twice_closes_nobody_elses_file(tmp_path):
    lock = Lock.acquire(tmp_path / "lock")
    lock.release()
    with (tmp_path / "other").open(
        "wb", buffering=0
    ) as other:  # which gets the number of the lock's
        lock.release()
        other.write(b"whole")
    assert (tmp_path / "other").read_bytes() == b"whole"
    assert names(tmp_path) == ["other"]


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_a_lock_that_is_another_name_of_a_file_is_refused(tmp_path, link):
    victim = tmp_path / "thesis.tex"
    victim.write_text("my only thesis")
    try:
        link(victim, tmp_path / "lock")
    except OSError:
        pytest.skip("this user may make no links")
    with pytest.raises(OSError, match=r"lock (is a link|has another name)"):
        Lock.acquire(tmp_path / "lock")
    assert victim.read_text() == "my only thesis"
    assert sorted(names(tmp_path)) == ["lock", "thesis.tex"]
