"""Strokes while nothing can be saved, in the real window: told, kept, and saved as soon as that can be."""

from __future__ import annotations

import contextlib
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.actions.annotation import changes as actions
from scseg.annotations.steps import change_masks
from scseg.annotations.storage import writing
from scseg.annotations.storage.reading import read_database
from tests.fakes.disks import fill, small_disk
from tests.fakes.gradient import SHAPE
from tests.gui.drawing import annotation, begin, drag, in_file, mask, settled

pytestmark = pytest.mark.gui

SAVED = "What was drawn on gradient.mrc is saved now."


def test_a_folder_that_vanishes_while_somebody_draws_costs_nothing(open_window, tomogram):
    folder = tomogram.parent / "data"
    folder.mkdir()
    tomogram = tomogram.rename(folder / tomogram.name)
    away = folder.with_name("away")

    def steps(user):
        begin(user)
        drag(user, [(10, 10), (40, 25)])
        first = in_file(user).mask(annotation(user).contents.features[0].id, 6)
        folder.rename(away)
        drag(user, [(10, 30), (40, 30)])
        user.wait_for(lambda: user.session.active.annotated.state.problem is not None)
        assert user.session.active.annotated.state.waiting == 1
        user.ctx.yield_(2)
        assert user.session.notices[0].sentence.startswith(f"Cannot write {tomogram}.scna: ")
        drag(user, [(10, 36), (40, 36)])
        assert np.count_nonzero(mask(user)) > np.count_nonzero(first)
        away.rename(folder)
        user.wait_for(lambda: user.session.active.annotated.state.problem is None)
        contents = in_file(user)
        assert np.array_equal(contents.mask(contents.features[0].id, 6), mask(user))
        user.ctx.yield_(2)
        assert [each.sentence for each in user.session.notices] == [SAVED]

    open_window(steps, [tomogram])


class FullDisk:
    """A real disk of 1 MB."""

    def __init__(self, folder):
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self):
        fill(self._ballast)

    def free(self):
        self._ballast.unlink()


class FullFile:
    """Where nobody may mount one: SQLite itself refuses to let the file grow, as on a full disk."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self._patch = monkeypatch
        self._connection = writing.open_connection

    def fill(self):
        @contextlib.contextmanager
        def connected(path, mode):
            with self._connection(path, mode) as database:
                pages = database.execute("PRAGMA page_count").fetchone()[0]
                database.execute(f"PRAGMA max_page_count = {pages}")
                yield database

        self._patch.setattr(writing, "open_connection", connected)

    def free(self):
        self._patch.setattr(writing, "open_connection", self._connection)


@pytest.fixture(params=["disk", "file"])
def full(request, tmp_path, monkeypatch):
    if request.param == "file":
        yield FullFile(tmp_path, monkeypatch)
        return
    folder = tmp_path / "small"
    folder.mkdir()
    with small_disk(folder):
        yield FullDisk(folder)


def test_a_full_disk_is_told_and_loses_nothing(open_window, full):
    shape = (3, 400, 400)
    tomogram = full.folder / "large.mrc"
    with mrcfile.new(tomogram) as file:
        file.set_data(np.zeros(shape, np.int8))
        file.voxel_size = 10.0

    def steps(user):
        begin(user, brush=9.0)
        drag(user, [(20, 20), (380, 380)])
        settled(user)
        before, _ = read_database(user.session.active.annotated.path, shape)
        full.fill()
        # What looks like noise takes room in the file.
        values = np.random.default_rng(0).integers(0, 2, shape[1:], np.uint8)
        user.do(lambda: scribble(user, values))
        user.wait_for(lambda: user.session.active.annotated.state.problem is not None)
        drag(user, [(20, 380), (380, 20)])
        user.ctx.yield_(2)
        assert "the disk is full; free some space" in user.session.notices[0].sentence
        assert user.session.active.annotated.state.waiting == 2
        drawn = mask(user)
        assert read_database(user.session.active.annotated.path, shape)[0] == before
        full.free()
        settled(user)
        user.ctx.yield_(2)
        assert [each.sentence for each in user.session.notices] == [
            "What was drawn on large.mrc is saved now."
        ]
        contents, _ = read_database(user.session.active.annotated.path, shape)
        assert np.array_equal(contents.mask(contents.features[0].id, 1), drawn)

    open_window(steps, [tomogram])


def scribble(user, values):
    """Draw what no hand can in a moment."""
    feature = annotation(user).contents.features[0].id
    step = change_masks(annotation(user).contents, feature, {1: values}, "scribble")
    actions.apply_step(user.session, user.session.active, step)


def test_closing_the_window_saves_the_last_stroke(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(10, 10), (50, 30)])
        steps.mask = mask(user)

    open_window(steps, [tomogram])
    contents, _ = read_database(Path(f"{tomogram}.scna"), SHAPE)
    assert np.array_equal(contents.mask(contents.features[0].id, 6), steps.mask)
