"""Every writer, on a disk that fails at its first, second, … last call: all is as before, and told."""

from __future__ import annotations

import gc
import gzip
import shutil
import uuid
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest

from scseg.annotations.contents import Contents
from scseg.annotations.import_export import write_boxes
from scseg.annotations.storage.writing import save_copy
from scseg.base import folders
from scseg.base.errors import ScsegError
from scseg.cli.overlay import save_overlay
from scseg.compute.check_tables import write_check_table
from scseg.compute.volume_records import FORMAT, write_record
from scseg.datasets.coordinates.grid import Grid
from scseg.datasets.coordinates.writing import SUFFIXES, Particles, write_coordinates
from scseg.datasets.demo import cached
from scseg.datasets.demo.simulate import Specimen, simulate
from scseg.datasets.mrc_writer import VolumeWriter, write_slice
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.training_set import save_training_set
from scseg.interactions.group import Group, save_group
from scseg.interactions.rules import InteractionSettings
from scseg.models import unsaved_models
from scseg.models.files import copy_model, open_model, save_model, weights_path
from scseg.objects.components import objects_of
from scseg.objects.label_files import write_objects
from scseg.objects.measuring import Measured, write_table
from scseg.persistence import feature_library, settings
from scseg.state.feature_library import Template
from scseg.state.settings import Settings
from tests.datasets.makers import tomogram_of
from tests.datasets.test_training_set import made
from tests.fakes.checked import boxes_of, compare
from tests.fakes.failing_disk import failing_disk
from tests.fakes.models import DESCRIPTION

MODEL = "m.scnm"
SPECIMEN = Specimen(shape=(6, 48, 48))


def save(folder, weights, name=MODEL, **changes):
    description = replace(DESCRIPTION, **changes)
    return save_model(description, lambda file: file.write(weights), folder / name)


def a_volume(folder, value):
    like = tomogram_of(np.zeros((2, 10, 12)))
    with VolumeWriter(folder / "v.mrc", like, (0, 1), "float32", "x") as writer:
        for _ in range(2):
            writer.write(np.full((10, 12), value, np.float32))


def a_volume_to_go_on(folder, value):
    like = tomogram_of(np.zeros((2, 10, 12)))
    digest = f"{value}" * 64
    with VolumeWriter(folder / "v.mrc", like, (0, 1), "int8", "x", digest=digest) as writer:
        for _ in range(2):
            writer.write(np.full((10, 12), value, np.float32))


def a_record(folder, value):
    write_record(folder / "v.mrc", {"format": FORMAT, "digest": f"{value}"})


def a_slice(folder, value):
    like = tomogram_of(np.zeros((2, 10, 12)))
    write_slice(folder / "s.mrc", like, 1, np.full((10, 12), value, np.float32), "int8", "x")


def a_training_set(folder, value):
    save_training_set(made(seed=value), folder / "x.scnt")


def an_annotation(folder, value):
    contents = replace(Contents.empty((2, 8, 8)), contrast=f'{{"x": {value}}}')
    with mock.patch.object(
        uuid, "uuid4", return_value=uuid.UUID(int=value)
    ):  # the mark of who wrote
        save_copy(folder / "a.scna", contents)


def an_unpacked_tomogram(folder, value):
    like = tomogram_of(np.zeros((2, 10, 12)))
    source = folder / "t.mrc"
    if value == 0:
        write_slice(source, like, 1, np.ones((10, 12), np.float32), "int8", "x")
        (folder / "t.mrc.gz").write_bytes(gzip.compress(source.read_bytes(), mtime=0))
    else:
        open_tomogram(folder / "t.mrc.gz")


def an_adopted_model(folder, value):
    if value == 0:
        save(folder, b"weights")
    else:
        unsaved_models.import_model("id", folder / MODEL)


def a_group(folder, value):
    save_group(Group({f"{value}.scnm": InteractionSettings()}), folder / "g.scnmgroup")


PARTICLES = Particles(Grid("t", (9, 9, 9), (9.0, 9.0, 9.0)), np.ones((2, 3)), np.ones(2))


def positions(suffix):
    def write(folder, value):
        moved = replace(PARTICLES, positions=PARTICLES.positions + value)
        write_coordinates(folder / f"p{suffix}", [moved])

    return write


def a_table(folder, value):
    row = Measured(1, value, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, at_border=False)
    write_table(folder / "t.csv", [("v.mrc", row)])


def objects(folder, value):
    labels = np.zeros((2, 10, 12), np.uint32)
    labels[value, 3:5, 3:5] = 1
    found = objects_of(labels, (9.0, 9.0, 9.0))
    write_objects(folder / "o.mrc", tomogram_of(np.zeros((2, 10, 12))), found, found.kept())


def a_table_of_a_check(folder, value):
    boxes = boxes_of(3)
    predictions = np.full(boxes.labels.shape, value, np.float32)
    write_check_table(compare(DESCRIPTION, boxes, predictions), folder / "c.csv")


WRITERS = {
    **{f"positions {suffix}": positions(suffix) for suffix in SUFFIXES},
    "table": a_table,
    "objects": objects,
    "check": a_table_of_a_check,
    "volume": a_volume,
    "volume to go on": a_volume_to_go_on,
    "record": a_record,
    "slice": a_slice,
    "training set": a_training_set,
    "annotation": an_annotation,
    "unpacked": an_unpacked_tomogram,
    "adopted model": an_adopted_model,
    "group": a_group,
    "overlay": lambda folder, value: save_overlay(
        folder / "o.png", [np.full((8, 8), value, np.float32)], [((1, 0, 0), [np.eye(8) > value])]
    ),
    "boxes": lambda folder, value: write_boxes(folder / "b.txt", [(value, 2, 3)]),
    "library": lambda folder, value: feature_library.save(
        (Template("x", (value, 0, 0)),), folder / "features.json"
    ),
    "settings": lambda folder, value: settings.save(
        Settings(scale=1.0 + value), folder / "window.json"
    ),
}


def snapshot(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def restored(tmp_path, monkeypatch):
    """Return a function that returns a folder as `write(folder, 0)` leaves it; the user's own is in it."""
    folder = tmp_path / "work"
    monkeypatch.setenv("SCSEG_HOME", str(folder))

    def restore(write):
        shutil.rmtree(folder, ignore_errors=True)
        if not (tmp_path / "before").exists():
            folder.mkdir()
            for made in (folders.cache_folder, folders.data_folder):
                made()
            write(folder, 0)
            shutil.copytree(folder, tmp_path / "before")
        else:
            shutil.copytree(tmp_path / "before", folder)
        return folder

    return restore


def tried_at_every_call(write, restore, check, *, for_good):
    """Let `write` fail at every call; `check` is given what it raised and whether it met the failure."""
    for fails_at in range(1, 1000):
        folder, error = restore(write), None
        with failing_disk(fails_at, for_good=for_good) as disk:
            try:
                write(folder, 1)
            except ScsegError as raised:
                error = raised
        check(folder, error)
        if not disk.failed:
            return fails_at
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("for_good", [False, True])
@pytest.mark.parametrize("name", WRITERS)
def test_a_failing_write_leaves_what_was_there_and_nothing_else(restored, name, for_good):
    write = WRITERS[name]
    before = snapshot(restored(write))
    folder = restored(write)
    write(folder, 1)
    after = snapshot(folder)
    assert after != before
    failures = []

    def check(folder, error):
        failures.append(error)
        assert snapshot(folder) == (after if error is None else before)

    assert tried_at_every_call(write, restored, check, for_good=for_good) > 3
    assert failures[-1] is None
    assert any(failures)


def a_saved_model(folder, value):
    save(folder, b"new" * 40_000 if value else b"old", loss=float(value))


def a_copied_model(folder, value):
    if value == 0:
        save(folder, b"new" * 40_000, "other.scnm", loss=1.0)
        save(folder, b"old", loss=0.0)
    else:
        copy_model(folder / "other.scnm", folder / MODEL)


@pytest.mark.parametrize("for_good", [False, True])
@pytest.mark.parametrize("write", [a_saved_model, a_copied_model])
def test_a_failing_write_leaves_the_old_pair_or_the_new_one(restored, write, for_good):
    before = snapshot(restored(write))
    folder = restored(write)
    write(folder, 1)
    after = snapshot(folder)
    failures = []

    def check(folder, error):
        failures.append(error)
        as_left = snapshot(folder)
        loss = open_model(folder / MODEL).loss
        assert weights_path(folder / MODEL).read_bytes() == (b"new" * 40_000 if loss else b"old")
        assert snapshot(folder) == (after if loss else before)
        # Only where the new pair was complete but for the last name, reading has finished it.
        assert as_left in (before, after) or "m.new.h5" in as_left
        assert error is not None or loss

    assert tried_at_every_call(write, restored, check, for_good=for_good) > 10
    assert any(failures)


SIMULATION = simulate(SPECIMEN)


def a_demo(folder, value):
    if value:
        with mock.patch.object(cached, "simulate", return_value=SIMULATION):
            cached.demo_tomogram(folder / "demo", SPECIMEN)


# mrcfile does not close what it cannot write.
@pytest.mark.filterwarnings("ignore:.*:pytest.PytestUnraisableExceptionWarning")
def test_a_failing_write_leaves_whole_files_of_the_demo(restored):
    folder = restored(a_demo)
    a_demo(folder, 1)
    after = snapshot(folder)

    def check(folder, _):
        assert snapshot(folder).items() <= after.items()

    assert tried_at_every_call(a_demo, restored, check, for_good=False) > 10
    gc.collect()
