"""What the program keeps of its own: all of it is found, and nothing else than was asked for is removed."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys

import mrcfile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.annotations.storage.location import fallback_path
from scseg.annotations.storage.opening import open_annotation
from scseg.base.errors import CancelledError
from scseg.base.files import locks
from scseg.base.files.locks import Lock
from scseg.base.files.temporary_files import lock_path, lock_path_of_temporary, new_temporary
from scseg.base.files.writing import atomic_write
from scseg.base.folders import data_folder, log_folder
from scseg.compute.logs import WorkerLog
from scseg.datasets.demo.cached import demo_tomogram
from scseg.datasets.demo.simulate import Specimen
from scseg.datasets.formats.unpack import unpacked_folder
from scseg.datasets.tomogram import open_tomogram
from scseg.models import unsaved_models
from scseg.persistence import feature_library, last_session, settings
from scseg.persistence.disk_use import walk
from scseg.persistence.disk_use.listing import listed
from scseg.persistence.disk_use.removing import remove
from scseg.persistence.last_models import ModelRecord
from scseg.persistence.last_session import LastSession
from scseg.state.disk_use import KINDS
from scseg.state.models import Display
from scseg.state.settings import Settings
from scseg.state.tomograms import TomogramRecord
from tests.fakes.models import write_model

A, B, C = (letter * 32 for letter in "abc")
BY_ID = {kind.id: kind for kind in KINDS}
PRECIOUS = "of the user"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def packed(folder, name):
    path = folder / f"{name}.mrc"
    with mrcfile.new(path) as file:
        file.set_data(np.zeros((2, 8, 9), np.float32))
        file.voxel_size = 10.0
    target = folder / f"{name}.mrc.gz"
    target.write_bytes(gzip.compress(path.read_bytes()))
    open_tomogram(target)
    return target


def learnt(model_id, name, epochs=(1, 2, 3)):
    """A model in the window's own folder, with checkpoints, the middle one of them the best."""
    folder = unsaved_models.model_folder(model_id)
    checkpoints = folder / f"{name}_checkpoints"
    checkpoints.mkdir(parents=True)
    paths = [
        write_model(checkpoints, name=f"{name} {epoch}", validation_loss=abs(epoch - 2) + 0.1)
        for epoch in epochs
    ]
    paths.append(write_model(folder, name=name))
    for age, path in enumerate(reversed(paths)):
        for file in (path, path.with_suffix(".h5")):
            os.utime(file, (1e9 - 60 * age,) * 2)
    return paths


def kept(*ids):
    return tuple(
        ModelRecord(str(unsaved_models.model_folder(i)), Display(i, (0, 1, 0)), i, kept=False)
        for i in ids
    )


def told(kind, listing=None):
    entries = (listing or listed()).of(BY_ID[kind])
    return sorted((each.what, each.in_use) for each in entries)


def everything(home):
    return {path for path in home.rglob("*") if path.is_file()}


def test_where_nothing_is_kept_nothing_is_listed():
    assert (listed().entries, listed().whole) == ((), True)
    assert remove(()).nbytes == 0


def test_unpacked_tomograms_are_named_and_stay_while_somebody_has_them_open(tmp_path):
    paths = {name: packed(tmp_path, name) for name in ("recent", "here", "last", "unknown")}
    settings.save(Settings(recent=(str(paths["recent"]),)), settings.settings_path())
    last = LastSession(tomograms=(TomogramRecord(str(paths["last"])),))
    last_session.save(last, last_session.session_path())
    here = LastSession(tomograms=(TomogramRecord(str(paths["here"])),))
    listing = listed(here)
    assert told("unpacked", listing) == [
        ("Of a tomogram that is in no list", ""),
        ("here.mrc.gz", "open in this window"),
        ("last.mrc.gz", "the next start needs it"),
        ("recent.mrc.gz", ""),
    ]
    files = listing.of(BY_ID["unpacked"])
    assert sum(each.nbytes for each in files) == 4 * (1024 + 2 * 8 * 9 * 4)
    removed = remove(files, here)
    assert removed.nbytes == 2 * (1024 + 2 * 8 * 9 * 4)
    assert len(removed.kept) == 2
    assert [what for what, _ in told("unpacked")] == [
        "Of a tomogram that is in no list",
        "last.mrc.gz",
    ]
    open_tomogram(paths["recent"])
    assert len(told("unpacked")) == 3


def test_a_file_that_is_being_unpacked_stays_and_one_that_was_left_goes():
    folder = unpacked_folder()
    folder.mkdir()
    target = folder / "x.voxels"
    lock = Lock.acquire(lock_path(target))
    temporary = new_temporary(target)
    temporary.write_bytes(bytes(5000))
    assert lock_path_of_temporary(temporary) == lock_path(target)
    assert told("unpacked") == [("Left by a run that was stopped", "it is being written")]
    (kept_one,) = remove(listed().entries).kept
    assert "stays: it is being written" in kept_one
    assert temporary.exists()
    os.close(lock._handle)  # as of one that was killed
    lock._handle = None
    assert remove(listed().entries).nbytes == 5000
    assert not temporary.exists()
    # Whoever takes it is to know that it was left.
    left = Lock.acquire(lock_path(target))
    assert left.was_left
    left.release()


def test_only_the_files_of_the_demo_tomogram_are_its_own():
    files = demo_tomogram(specimen=Specimen(shape=(8, 64, 64)))
    folder = files.tomogram.parent
    for name in ("demo_tomogram.mrc.scna", "demo_tomogram__Membrane.mrc", "notes.txt"):
        (folder / name).write_text(PRECIOUS)
    here = LastSession(tomograms=(TomogramRecord(str(files.tomogram)),))
    assert told("demo", listed(here)) == [("Demo tomogram", "open in this window")]
    with_lock = Lock.acquire(lock_path(files.tomogram))
    assert told("demo") == [("Demo tomogram", "it is being written")]
    with_lock.release()
    remove(listed().entries)
    assert {path.name for path in folder.iterdir()} == {
        "demo_tomogram.mrc.scna",
        "demo_tomogram__Membrane.mrc",
        "notes.txt",
    }


def test_checkpoints_go_but_the_newest_and_the_best_stay():
    paths = learnt(A, "Membrane")
    (model, checkpoints) = listed().entries
    assert (model.kind, model.what, model.unsaved) == ("models", "Membrane", True)
    assert (checkpoints.kind, checkpoints.unsaved) == ("checkpoints", False)
    assert remove([checkpoints]).kept == ()
    assert [path.exists() for path in paths] == [False, True, False, True]
    assert unsaved_models.newest_model(A) == paths[3]
    assert unsaved_models.best_model(A, -1.0) == paths[1]


def test_a_model_goes_with_all_that_it_had_learnt():
    learnt(A, "Membrane")
    learnt(B, "Carbon")
    model = next(each for each in listed().entries if each.what == "Carbon")
    remove([model])
    assert told("models") == [("Membrane", "")]
    assert not unsaved_models.model_folder(B).exists()
    assert unsaved_models.model_folder(A).is_dir()


def test_models_of_open_windows_and_of_the_last_session_stay():
    for model_id, name in zip((A, B, C), ("here", "last", "other"), strict=True):
        learnt(model_id, name)
    last_session.save(LastSession(models=kept(B)), last_session.session_path())
    path = last_session.window_path("second")
    path.parent.mkdir()
    last_session.save(LastSession(models=kept(C)), path)
    lock = Lock.acquire(last_session.lock_path(path))
    here = LastSession(models=kept(A))
    expected = [
        ("here", "open in this window"),
        ("last", "the next start needs it"),
        ("other", "open in another window"),
    ]
    assert told("models", listed(here)) == told("checkpoints", listed(here)) == expected
    assert len(remove(listed(here).entries, here).kept) >= 6
    assert told("models", listed(here)) == expected
    # The other window is gone, this one has closed its model, and the last session is of a newer version.
    lock.release()
    assert told("models") == [("here", ""), ("last", "the next start needs it"), ("other", "")]
    last_session.session_path().write_text('{"format": "scseg session", "version": 9}')
    assert {why for _, why in told("models")} == {"a newer version of the program may need it"}


def test_a_model_that_is_saved_elsewhere_needs_no_question(tmp_path):
    paths = learnt(A, "Membrane", epochs=())
    saved = tmp_path / "saved.scnm"
    for suffix in (".scnm", ".h5"):
        shutil.copy(paths[-1].with_suffix(suffix), saved.with_suffix(suffix))
    settings.save(Settings(recent=(str(saved),)), settings.settings_path())
    model = next(each for each in listed().entries if each.kind == "models")
    assert (model.what, model.unsaved) == ("Membrane, also saved", False)


def test_logs_of_processes_that_run_stay():
    log = WorkerLog()
    log.path.write_text("printed")
    left = log.path.with_name("worker-left.log")
    left.write_text("printed")
    assert told("logs") == [(log.path.name, "its process runs"), ("worker-left.log", "")]
    remove(listed().entries)
    assert (log.path.exists(), left.exists()) == (True, False)
    log.close()


def test_annotations_and_settings_are_listed_and_never_removed(tmp_path):
    tomogram = tmp_path / ("t" * 252)  # so long that nothing can be written beside it
    opened = open_annotation(tomogram, (3, 20, 25))
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("a", (0, 0, 0))))
    opened.flush(30)
    assert told("annotations") == [("t" * 150, "open for editing")]
    opened.close()
    settings.save(Settings(), settings.settings_path())
    last_session.save(LastSession(), last_session.session_path())
    log = log_folder() / "worker-left.log"
    atomic_write(log, b"{}")
    removed = remove(listed().entries)
    assert len(removed.kept) == 3
    assert fallback_path(tomogram).is_file()
    assert [what for what, _ in told("settings")] == [
        "Settings and recent files",
        "The last session",
    ]
    assert not log.exists()


def test_links_are_neither_followed_nor_removed(tmp_path, home):
    work = tmp_path / "work"
    work.mkdir()
    for name in ("a.mrc", "worker-a.log", "deep.h5"):
        (work / name).write_text(PRECIOUS)
    learnt(A, "Membrane")
    unpacked_folder().mkdir()
    (home / "log").mkdir()
    links = [
        unpacked_folder() / f"{'0' * 24}-1-1.mrc",
        home / "log" / "worker-a.log",
        unsaved_models.model_folder(A) / "Membrane_checkpoints" / "linked.h5",
        unsaved_models.model_folder(A) / "folder",
        data_folder() / "models" / B,
        feature_library.library_path(),
    ]
    for link, name in zip(
        links, ("a.mrc", "worker-a.log", "deep.h5", "", "", "a.mrc"), strict=True
    ):
        link.symlink_to(work / name)
    assert {each.kind for each in listed().entries} == {"models", "checkpoints"}
    remove(listed().entries)
    assert all(link.is_symlink() for link in links)
    assert {path.read_text() for path in work.iterdir()} == {PRECIOUS}
    assert everything(unsaved_models.model_folder(A)) == {links[2]}


def test_of_very_many_files_some_are_looked_at_and_a_look_can_be_cancelled(monkeypatch):
    unpacked_folder().mkdir()
    for number in range(30):
        (unpacked_folder() / f"{number:024x}-1-1.mrc").write_bytes(b"1")
    monkeypatch.setattr(walk, "MOST_FILES", 10)
    listing = listed()
    assert (len(listing.entries), listing.whole) == (10, False)

    def cancel(*_):
        raise CancelledError

    with pytest.raises(CancelledError):
        listed(None, cancel)


def test_a_second_name_of_a_file_takes_no_room():
    paths = learnt(A, "Membrane", epochs=())
    before = sum(each.nbytes for each in listed().entries)
    unsaved_models.pin_checkpoint(A, paths[0])
    assert sum(each.nbytes for each in listed().entries) == before


HELD = """
import sys, time
from pathlib import Path
from scseg.base.files.locks import Lock
lock = Lock.acquire(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_whether_a_lock_is_held_is_told_without_a_trace(tmp_path):
    path = tmp_path / "x.lock"
    assert not locks.is_held(path)
    assert list(tmp_path.iterdir()) == []
    command = [sys.executable, "-c", HELD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        said = path.read_bytes()
        assert locks.is_held(path)
        assert path.read_bytes() == said
        process.kill()
    assert not locks.is_held(path)
    assert path.read_bytes() == said


@given(
    st.text(min_size=1, max_size=60).filter(
        lambda name: not set(name) & set("/\0") and name.strip(".")
    )
)
def test_the_lock_of_a_temporary_file_is_found_by_its_name(tmp_path_factory, name):
    folder = tmp_path_factory.getbasetemp()
    target = folder / name.encode("utf-8", "replace").decode()
    temporary = new_temporary(target)
    assert lock_path_of_temporary(temporary) == lock_path(target)
    assert lock_path_of_temporary(target) is None
    temporary.unlink()
