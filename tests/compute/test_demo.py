"""The demo tomogram made in a process of its own: its annotation, and what is left if that is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import mrcfile
import numpy as np
import pytest

from scseg.annotations.storage.location import annotation_path
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.read_only import read_annotation_file
from scseg.base.errors import CancelledError, ScsegError
from scseg.base.progress import silent
from scseg.compute.demo import PlaceError, make_demo
from scseg.datasets.demo import cached
from scseg.datasets.demo.places import files_beside, is_whole
from tests.fakes.demo import SHAPE, WORKER
from tests.fakes.processes import children, workers_besides
from tests.fakes.threads import wait_for

BOXES = 90


@pytest.fixture
def tomogram(tmp_path):
    return tmp_path / "documents" / "demo_tomogram.mrc"


@pytest.fixture
def waits(monkeypatch, tmp_path):
    """Let the simulation wait for as long as this file is there."""
    path = tmp_path / "waits"
    path.touch()
    monkeypatch.setenv("SCSEG_DEMO_WAITS", str(path))
    return path


def make(tomogram, report=silent):
    make_demo(tomogram, report, WORKER)


def names(folder):
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def worker(others):
    """Return the process that makes the demo, once there is one besides others."""
    found = []

    def is_there():
        found[:] = workers_besides(others)
        return found

    wait_for(is_there)
    return found[0]


def test_a_feature_is_drawn_on_some_slices_as_it_truly_is_and_boxes_are_placed(tomogram):
    make(tomogram)
    assert is_whole(tomogram)
    contents = read_annotation_file(annotation_path(tomogram), SHAPE)
    with mrcfile.open(files_beside(tomogram).labels["Membrane"]) as file:
        truth = file.data.copy()
    (feature,) = contents.features
    assert feature.name == "Membrane"
    slices = sorted(z for _, z in contents.masks)
    assert SHAPE[0] // 2 in slices
    for z in slices:
        assert np.array_equal(contents.mask(feature.id, z), truth[z])
    boxes = [(z, y, x) for (_, z), points in contents.boxes.items() for y, x in points]
    assert {z for z, _, _ in boxes} == set(slices)
    assert 0.9 * BOXES < len(boxes) <= BOXES
    half = feature.box_size // 2
    holding = sum(
        bool(truth[z, y - half : y + half, x - half : x + half].any()) for z, y, x in boxes
    )
    assert holding > len(boxes) / 2
    assert contents.crop.enabled is False


def test_what_is_there_stays_whatever_the_user_has_drawn_since(tomogram):
    make(tomogram)
    before = {path.name: path.read_bytes() for path in tomogram.parent.iterdir()}
    make(tomogram)
    assert {path.name: path.read_bytes() for path in tomogram.parent.iterdir()} == before
    tomogram.write_bytes(tomogram.read_bytes()[:5000])
    assert not is_whole(tomogram)
    annotation_path(tomogram).write_bytes(b"the user's own")
    make(tomogram)
    assert tomogram.read_bytes() == before[tomogram.name]
    assert annotation_path(tomogram).read_bytes() == b"the user's own"


def test_an_annotation_that_another_program_has_open_is_left_to_it(tomogram):
    make(tomogram)
    annotation_path(tomogram).unlink()
    opened = open_annotation(tomogram, SHAPE)
    try:
        make(tomogram)
        assert not annotation_path(tomogram).exists()
    finally:
        opened.close()


@pytest.mark.parametrize("name", ["demo_tomogram.mrc", "demo_membrane.mrc"])
def test_what_is_no_demo_is_not_written_over(tomogram, name):
    tomogram.parent.mkdir()
    (tomogram.parent / name).write_bytes(b"mine" * 1000)
    with pytest.raises(PlaceError, match="move it away"):
        make(tomogram)
    assert names(tomogram.parent) == [name]
    assert (tomogram.parent / name).read_bytes() == b"mine" * 1000


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PlaceError, match="folder"):
        make(tmp_path / "file" / "demo_tomogram.mrc")


def test_a_disk_without_room_is_told_before_anything_is_simulated(tmp_path, monkeypatch):
    usage = type("Usage", (), {"free": 10_000})
    monkeypatch.setattr(cached.shutil, "disk_usage", lambda _: usage)
    monkeypatch.setattr(cached, "simulate", lambda *_: pytest.fail("it was simulated"))
    with pytest.raises(ScsegError, match="free some space"):
        cached.demo_tomogram(tmp_path / "new")
    assert names(tmp_path / "new") == []


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("was_there", [True, False])
def test_cancelling_ends_the_process_and_leaves_nothing(tomogram, was_there):
    if was_there:
        tomogram.parent.mkdir()

    def report(fraction, _text):
        if fraction > 0.2:
            raise CancelledError

    with pytest.raises(CancelledError):
        make(tomogram, report)
    assert tomogram.parent.exists() == was_there
    assert names(tomogram.parent) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
@pytest.mark.usefixtures("waits")
def test_a_process_that_is_killed_is_told_and_leaves_nothing(tomogram):
    others = children()
    killer = threading.Thread(target=lambda: os.kill(worker(others).pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(ScsegError, match="memory") as raised:
        make(tomogram)
    killer.join()
    assert not isinstance(raised.value, PlaceError)
    assert names(tomogram.parent) == []


def test_what_a_killed_program_has_left_is_recognised_and_made_again(tomogram):
    make(tomogram)
    whole = {path.name: path.read_bytes() for path in tomogram.parent.iterdir()}
    # The power went while it was written: the tomogram gets its name last.
    tomogram.unlink()
    annotation_path(tomogram).unlink()
    lock = tomogram.with_name(f".{tomogram.name}.scseg-lock")
    lock.touch()
    half = tomogram.with_name(f".{tomogram.name}.0123456789ab.scseg-tmp.mrc")
    half.write_bytes(b"half")
    make(tomogram)
    again = {path.name: path.read_bytes() for path in tomogram.parent.iterdir()}
    assert again.keys() == whole.keys()
    assert again[tomogram.name] == whole[tomogram.name]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
@pytest.mark.usefixtures("waits")
def test_when_the_program_is_killed_the_process_ends_and_leaves_nothing(tomogram):
    command = (
        "import sys; from pathlib import Path; from scseg.compute.demo import make_demo;"
        "make_demo(Path(sys.argv[1]), lambda *_: None, 'tests.fakes.demo')"
    )
    others = children()
    program = subprocess.Popen([sys.executable, "-c", command, str(tomogram)])
    made_by = worker(others)
    wait_for(tomogram.parent.exists)
    program.kill()
    program.wait()
    made_by.wait(20)
    assert names(tomogram.parent) == []
