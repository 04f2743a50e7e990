"""Files beside an annotation that SQLite would act on: none is deleted, changed or waited for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from scseg.annotations import steps
from scseg.annotations.contents import Contents
from scseg.annotations.feature import Feature
from scseg.annotations.storage import location
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.read_only import read_annotation
from scseg.annotations.storage.reading import read_database
from scseg.annotations.storage.relocate import read_left_behind
from scseg.annotations.storage.side_files import journal_path
from scseg.annotations.storage.writing import AnnotationFile, save_copy
from scseg.base.errors import ScsegError
from tests.annotations.side_files import (
    cut_off_a_transaction,
    header,
    super_journal,
    write_ahead_log,
)

SHAPE = (3, 20, 25)
PRECIOUS = b"of the user\n" * 100


@pytest.fixture
def victim(tmp_path):
    path = tmp_path / "elsewhere" / "precious.txt"
    path.parent.mkdir()
    path.write_bytes(PRECIOUS)
    return path


@pytest.fixture
def tomogram(tmp_path):
    path = tmp_path / "data" / "t.mrc"
    path.parent.mkdir()
    return path


@pytest.fixture
def contents(tomogram):
    """What is annotated of the tomogram, and in its file."""
    made = Contents.empty(SHAPE)
    made.apply(steps.add_feature(made, Feature("Membrane", (1, 0, 0), id="m")))
    made.apply(steps.change_boxes(made, "m", add=[(z, y, 5) for z in range(3) for y in range(9)]))
    save_copy(location.annotation_path(tomogram), made)
    return made


def beside(path, ending):
    return path.with_name(path.name + ending)


def hot_with_super_journal(path, victim):
    shutil.copy(path, beside(path, ".before"))
    cut_off_a_transaction(path)
    with journal_path(path).open("ab") as file:
        file.write(super_journal(victim))
    beside(path, ".before").replace(path)


def journal_of(make):
    return lambda path, victim: journal_path(path).write_bytes(
        make(path.stat().st_size // 4096, victim)
    )


FOREIGN = {
    "names a file": journal_of(lambda pages, victim: header(pages) + super_journal(victim)),
    "names a file, with pages": hot_with_super_journal,
    "words, and names a file": journal_of(
        lambda pages, victim: header(pages, b"a letter") + super_journal(victim)
    ),
    "nothing, and names a file": journal_of(
        lambda pages, victim: header(pages, bytes(8)) + super_journal(victim)
    ),
    "a letter": journal_of(lambda *_: PRECIOUS),
    "a short letter": journal_of(lambda *_: b"Dear"),
    "zeros, then a letter": journal_of(lambda *_: bytes(20) + PRECIOUS),
    "grows to terabytes": journal_of(lambda *_: header(2**31)),
    "a link": lambda path, victim: journal_path(path).symlink_to(victim),
    "a link to nothing": lambda path, victim: journal_path(path).symlink_to(
        victim.with_name("none")
    ),
    "another name": lambda path, victim: journal_path(path).hardlink_to(victim),
    "a folder": lambda path, _: journal_path(path).mkdir(),
    "a pipe": lambda path, _: os.mkfifo(journal_path(path)),
    "a log": lambda path, _: beside(path, "-wal").write_bytes(write_ahead_log(path)),
    "a log that is a link": lambda path, victim: beside(path, "-wal").symlink_to(victim),
    "shared memory": lambda path, _: beside(path, "-shm").write_bytes(bytes(32768)),
    "shared memory that is a link": lambda path, victim: beside(path, "-shm").symlink_to(victim),
}

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")


@pytest.fixture(params=FOREIGN)
def foreign(request, tomogram, contents, victim):
    """Put something foreign beside the annotation; return where."""
    assert contents
    path = location.annotation_path(tomogram)
    FOREIGN[request.param](path, victim)
    (side,) = [each for each in tomogram.parent.iterdir() if each != path]
    return side


def look(path):
    """Return what is at a path, without following links or waiting."""
    if path.is_symlink():
        return path.readlink()
    return path.read_bytes() if path.is_file() else path.lstat().st_mode


def everything(tomogram):
    """Return all that is in the folders, save of empty locks."""
    files = [each for each in tomogram.parents[1].rglob("*") if not each.is_dir()]
    return {each: look(each) for each in files if each.suffix != ".lock"}


@pytest.mark.timeout(60)
def test_it_is_set_aside_and_told_and_the_annotation_shown(tomogram, contents, victim, foreign):
    path = location.annotation_path(tomogram)
    before, strange = path.read_bytes(), look(foreign)
    opened = open_annotation(tomogram, SHAPE)
    assert opened.read_only
    assert opened.annotation.contents == contents
    (kept,) = [each for each in tomogram.parent.iterdir() if each != path]
    assert kept.name.startswith(f"{foreign.name}-aside-")
    assert opened.messages == (
        f"{foreign} was not left there by this program; it was set aside as {kept.name}: "
        f"{path} is shown without it, and cannot be changed until it is opened again.",
    )
    with pytest.raises(ScsegError, match="cannot be changed"):
        opened.apply(steps.add_feature(contents, Feature("new", (0, 0, 0))))
    opened.close()
    assert look(kept) == strange
    assert path.read_bytes() == before
    again = open_annotation(tomogram, SHAPE)
    assert again.messages == ()
    again.apply(steps.add_feature(contents, Feature("new", (0, 0, 0))))
    assert again.close()
    assert read_database(path, SHAPE)[0] == again.annotation.contents
    assert look(kept) == strange
    assert victim.read_bytes() == PRECIOUS


@pytest.mark.timeout(60)
@pytest.mark.parametrize("way", [read_annotation, read_left_behind])
def test_who_only_looks_sees_it_and_changes_nothing(tomogram, contents, foreign, way):
    before = everything(tomogram)
    assert foreign in before or foreign.is_dir()
    assert way(tomogram, SHAPE) == contents
    assert everything(tomogram) == before


@pytest.mark.timeout(60)
def test_one_that_cannot_be_set_aside_stays(tomogram, contents, foreign, monkeypatch):
    def refuse(*_):
        raise PermissionError

    before = everything(tomogram)
    monkeypatch.setattr(Path, "rename", refuse)
    opened = open_annotation(tomogram, SHAPE)
    assert opened.read_only
    assert opened.messages[0].endswith("cannot be changed; move it away.")
    assert opened.annotation.contents == contents
    opened.close()
    assert everything(tomogram) == before
    assert os.path.lexists(foreign)


@pytest.mark.timeout(60)
def test_no_annotation_is_written_over_it(tomogram, contents, foreign):
    before = everything(tomogram)
    path = location.annotation_path(tomogram)
    other = Contents.empty(SHAPE)
    sentence = rf"^Cannot use .*{foreign.name} was not left there by this program; move that away"
    with pytest.raises(ScsegError, match=sentence):
        save_copy(path, other)
    with pytest.raises(ScsegError, match=sentence):
        AnnotationFile(path, read_database(path, SHAPE)[1]).write(other.edits_from_nothing(), other)
    assert everything(tomogram) == before
    assert read_database(path, SHAPE)[0] == contents


def test_no_annotation_is_begun_beside_it(tomogram, contents, victim):
    path = location.annotation_path(tomogram)
    FOREIGN["names a file"](path, victim)
    path.unlink()
    before = everything(tomogram)
    with pytest.raises(ScsegError, match="was not left there by this program; move that away"):
        AnnotationFile(path, None).write(contents.edits_from_nothing(), contents)
    assert everything(tomogram) == before
    opened = open_annotation(tomogram, SHAPE)
    assert opened.read_only
    assert "was set aside as" in opened.messages[0]
    opened.close()


def test_what_comes_while_somebody_draws_only_delays(tomogram, contents, victim):
    opened = open_annotation(tomogram, SHAPE)
    FOREIGN["names a file"](opened.path, victim)
    opened.apply(steps.add_feature(contents, Feature("new", (0, 0, 0))))
    assert not opened.flush(0.1)
    assert f"{journal_path(opened.path)} was not left there by this program" in opened.state.problem
    assert victim.read_bytes() == PRECIOUS
    journal_path(opened.path).rename(tomogram.with_name("away"))
    assert opened.flush(30)
    assert opened.close()
    assert read_database(opened.path, SHAPE)[0] == opened.annotation.contents


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_a_newer_version_may_have_side_files_of_its_own(tomogram, contents, ending):
    assert contents
    path = location.annotation_path(tomogram)
    raw = path.read_bytes()
    path.write_bytes(raw[:60] + (2).to_bytes(4) + raw[64:])
    beside(path, ending).write_bytes(PRECIOUS)
    before = everything(tomogram)
    with pytest.raises(ScsegError, match="written by a newer version"):
        open_annotation(tomogram, SHAPE)
    assert everything(tomogram) == before
    assert not location.is_held(tomogram)


def test_a_second_process_leaves_it_to_the_first(tomogram, contents, victim):
    first = open_annotation(tomogram, SHAPE)
    FOREIGN["names a file"](first.path, victim)
    before = everything(tomogram)
    second = open_annotation(tomogram, SHAPE)
    assert second.read_only
    assert second.annotation.contents == contents
    second.close()
    assert everything(tomogram) == before
    first.close()


def test_an_annotation_reached_through_a_link_is_seen_but_not_changed(tmp_path, tomogram, contents):
    linked = tmp_path / "linked"
    linked.mkdir()
    target = location.annotation_path(tomogram)
    path = location.annotation_path(linked / "t.mrc")
    path.symlink_to(target)
    before = target.read_bytes()
    opened = open_annotation(linked / "t.mrc", SHAPE)
    assert opened.messages == (
        f"{path} is a link, so it can be seen here but not changed; open the tomogram beside {target}.",
    )
    assert opened.read_only
    assert opened.annotation.contents == contents
    opened.close()
    with pytest.raises(ScsegError, match=r"^Cannot write .*: it is a link"):
        AnnotationFile(path, read_database(path, SHAPE)[1]).write([], contents)
    assert target.read_bytes() == before
    assert [each.name for each in linked.iterdir()] == [path.name]


def test_a_folder_reached_through_a_link_is_as_good_as_any(tmp_path, tomogram, contents):
    (tmp_path / "linked").symlink_to(tomogram.parent)
    opened = open_annotation(tmp_path / "linked" / tomogram.name, SHAPE)
    opened.apply(steps.add_feature(contents, Feature("new", (0, 0, 0))))
    assert opened.close()
    assert read_annotation(tomogram, SHAPE) == opened.annotation.contents


def test_what_was_cut_off_behind_a_link_is_taken_back_in_a_copy(tmp_path, tomogram, contents):
    target = location.annotation_path(tomogram)
    path = location.annotation_path(tmp_path / "t.mrc")
    path.symlink_to(target)
    cut_off_a_transaction(target)
    before = everything(tomogram)
    assert read_annotation(tmp_path / "t.mrc", SHAPE) == contents
    assert everything(tomogram) == before


@pytest.mark.timeout(60)
@pytest.mark.parametrize("special", ["pipe", "device", "loop"])
def test_an_annotation_that_is_no_file_is_told_at_once(tomogram, special):
    path = location.annotation_path(tomogram)
    {
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "loop": lambda: path.symlink_to(path),
    }[special]()
    with pytest.raises(ScsegError, match=r"^Cannot read .*t\.mrc\.scna: "):
        open_annotation(tomogram, SHAPE)
    with pytest.raises(ScsegError, match=r"^Cannot read .*t\.mrc\.scna: "):
        read_annotation(tomogram, SHAPE)


def test_a_killed_transaction_is_played_back_and_gone(tomogram, contents):
    path = location.annotation_path(tomogram)
    cut_off_a_transaction(path)
    opened = open_annotation(tomogram, SHAPE)
    assert not opened.read_only
    assert opened.annotation.contents == contents
    assert not journal_path(path).exists()
    opened.close()


def test_a_copy_that_fails_leaves_the_file_below_it_whole(tomogram, contents, monkeypatch):
    path = location.annotation_path(tomogram)
    cut_off_a_transaction(path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ScsegError, match="disk is full"):
        save_copy(path, Contents.empty(SHAPE))
    assert read_database(path, SHAPE)[0] == contents


def test_a_copy_that_the_disk_cannot_hold_is_not_begun(tomogram, contents, monkeypatch):
    assert contents
    path = location.annotation_path(tomogram)
    cut_off_a_transaction(path)
    before = everything(tomogram)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    monkeypatch.setattr(shutil, "copyfile", lambda *_: pytest.fail("it was copied"))
    with pytest.raises(ScsegError, match="the disk is full"):
        read_database(path, SHAPE)
    assert everything(tomogram) == before


@pytest.mark.parametrize("length", [244, 246, 247, 248, 250, 251])
def test_a_name_that_leaves_no_room_for_side_files(tmp_path, length):
    """Names may have 255 bytes: first the journal does not fit, then the lock, then the annotation."""
    tomogram = tmp_path / ("t" * (length - 4) + ".mrc")
    opened = open_annotation(tomogram, SHAPE)
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("new", (0, 0, 0))))
    assert opened.close()
    assert opened.path == location.fallback_path(tomogram)
    assert "File name too long" in opened.messages[0]
    assert read_annotation(tomogram, SHAPE) == opened.annotation.contents


def test_a_name_that_leaves_no_room_for_a_journal_can_be_read(tmp_path):
    save_copy(tmp_path / "short", Contents.empty(SHAPE))
    path = (tmp_path / "short").rename(tmp_path / ("t" * 245 + ".scna"))
    assert read_database(path, SHAPE)[0] == Contents.empty(SHAPE)
