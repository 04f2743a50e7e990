"""Any actions in any order, on disks that are slow or fail, then an end: nothing is lost, nothing is left.

The program runs without its window: a frame is what `prepare` does before one.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import shutil
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import hypothesis
import mrcfile
import numpy as np
import psutil
import pytest
from hypothesis import stateful
from hypothesis import strategies as st

from scseg.actions import undo as undoing
from scseg.actions.annotation import areas, boxes, cropping, features, strokes
from scseg.actions.annotation import contrast as annotation_contrast
from scseg.actions.tomograms import closing, listing, relinking, tomogram_list
from scseg.actions.view import browsing
from scseg.annotations.edits import MaskEdit, Step
from scseg.annotations.packed_masks import pack
from scseg.annotations.storage import writing
from scseg.annotations.storage.location import annotation_path
from scseg.annotations.storage.read_only import read_annotation
from scseg.base.errors import ScsegError
from scseg.persistence.last_session import load, session_path
from scseg.runtime.tomograms import annotations
from scseg.state.session import Session
from scseg.state.tomograms import Outline
from tests.fakes.headless import headless
from tests.fakes.threads import wait_for

SHAPE = (4, 20, 24)
NAMES = ("a", "b", "c")
THREADS = {
    *("slices", "volumes", "watch", "rules", "annotation", "exports", "estimates"),
    *("the last session", "the settings", "the library", "the exports", "first window"),
}

places = st.tuples(st.floats(0, SHAPE[1] - 1), st.floats(0, SHAPE[2] - 1))
slices = st.integers(0, SHAPE[0] - 1)


def possible(when):
    """Do nothing in a rule where it is not possible.

    No precondition of hypothesis', which must not depend on how far threads are.
    """

    def wrapped(rule):
        @functools.wraps(rule)
        def run(self, **arguments):
            if when(self):
                rule(self, **arguments)

        return run

    return wrapped


class Disks:
    """What the disks of annotations do: nothing odd, or they wait, or they take nothing."""

    def __init__(self, patch):
        self.slow, self.failing = set(), set()
        self.writes = threading.Lock()
        write = writing.AnnotationFile.write

        def written(file, edits, contents):
            name = file.path.name.partition(".")[0]
            if name in self.slow:
                threading.Event().wait(0.01)
            with self.writes:
                if name in self.failing:
                    raise ScsegError(f"Cannot write {file.path}: the disk is full.")
                write(file, edits, contents)

        patch.setattr(writing.AnnotationFile, "write", written)


class Work(stateful.RuleBasedStateMachine):
    """Keeps what a user would say is there: by the name of a tomogram, its annotation."""

    def __init__(self):
        super().__init__()
        self.exits = contextlib.ExitStack()
        self.folder = Path(self.exits.enter_context(tempfile.TemporaryDirectory()))
        patch = self.exits.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("SCSEG_HOME", str(self.folder / "home"))
        patch.setattr(annotations, "SECONDS_AT_THE_END", 0.3)
        # It is over as soon as the disk lets go, and a machine may be slow.
        patch.setattr(annotations, "SECONDS_TO_GIVE_UP", 10.0)
        patch.setattr(annotations, "MOST_UNCHANGED", 0)
        self.disks = Disks(patch)
        self.truth = {}
        self.moves = itertools.count()
        self.paths = {name: self.made(name) for name in NAMES}
        self.session = Session()
        self.program = headless(self.session)
        self.program.open(tuple(self.paths.values()))
        self.frames_until(lambda: all(each.annotation for each in self.session.tomograms))
        for opened in self.session.tomograms:
            tomogram_list.activate(self.session, opened)
            self.add_feature()

    def made(self, name):
        path = self.folder / f"{name}.mrc"
        with mrcfile.new(path) as file:
            file.set_data(np.zeros(SHAPE, np.int8))
            file.voxel_size = 10.0
        return path

    def frames_until(self, what):
        def frame_and_see():
            self.program.step()
            # Where a disk takes nothing, what was closed goes on being saved.
            jobs = [job for job in self.session.jobs if not job.title.startswith("Saving")]
            return not jobs and not self.session.requests and what()

        wait_for(frame_and_see)

    @property
    def active(self):
        opened = self.session.active
        return opened if opened is not None and opened.annotation is not None else None

    @property
    def row(self):
        return next(iter(self.session.tomograms), None)

    # What the user does

    @stateful.rule()
    def frame(self):
        self.program.step()

    @stateful.rule(name=st.sampled_from(NAMES))
    def open(self, name):
        self.program.open((self.paths[name],))
        self.program.step()

    @stateful.rule()
    @possible(lambda self: self.active)
    def add_feature(self):
        if self.session.drag is None and len(self.active.features) < 3:
            features.add(self.session)

    @stateful.rule(at=places, label=st.sampled_from([0, 1, 2]))
    @possible(lambda self: self.active)
    def press(self, at, label):
        strokes.begin(self.session, at, label)

    @stateful.rule(at=places)
    @possible(lambda self: self.session.drag)
    def move(self, at):
        strokes.extend(self.session, at)

    @stateful.rule()
    @possible(lambda self: self.session.drag)
    def let_go(self):
        strokes.end(self.session)

    @stateful.rule(path=st.lists(places, min_size=1, max_size=4))
    @possible(lambda self: self.active and not self.session.drag)
    def draw_a_line(self, path):
        self.session.outline = Outline(self.active, self.active.z, 1, path)

    @stateful.rule(name=st.text("abc", min_size=1, max_size=3), brush=st.floats(1, 9))
    @possible(lambda self: self.active and self.active.features)
    def change_a_feature(self, name, brush):
        feature = self.active.features[0]
        if self.session.drag is None:
            new = replace(feature, name=name, brush_px=brush)
            features.edit(self.session, self.active, new)

    @stateful.rule(ends=st.tuples(st.integers(0, 9), st.integers(10, 20)))
    @possible(lambda self: self.active and not self.session.drag)
    def pull_the_crop(self, ends):
        crop = replace(self.active.crop, x0=ends[0], x1=ends[1], enabled=True)
        cropping.edit(self.session, self.active, crop)

    @stateful.rule(at=places)
    @possible(lambda self: self.active and not self.session.drag)
    def place_a_box(self, at):
        boxes.place(self.session, at)

    @stateful.rule(low=st.floats(-5, 0), high=st.floats(1, 5))
    @possible(lambda self: self.active)
    def set_contrast(self, low, high):
        contrast = replace(self.active.contrast, minimum=low, maximum=high, auto=False)
        tomogram_list.set_contrast(self.session, contrast)
        annotation_contrast.commit_all(self.session)

    @stateful.rule(z=slices)
    def browse(self, z):
        browsing.set_slice(self.session, z)

    @stateful.rule(by=st.sampled_from([-1, 1]))
    def other_tomogram(self, by):
        listing.step_tomogram(self.session, by)

    @stateful.rule(redoes=st.booleans())
    def undo(self, redoes):
        (undoing.redo if redoes else undoing.undo)(self.session)

    # What the world does

    @stateful.rule(name=st.sampled_from(NAMES), what=st.sampled_from(["slow", "failing"]))
    def disk_changes(self, name, what):
        getattr(self.disks, what).symmetric_difference_update({name})

    # Ends

    @stateful.rule()
    @possible(lambda self: self.row)
    def close_a_row(self):
        self.note(self.row)
        closing.close(self.session, self.row)
        self.settle_question()

    @stateful.rule()
    @possible(lambda self: self.active)
    def close_others(self):
        for opened in self.session.tomograms:
            self.note(opened)
        closing.close_others(self.session, self.active)
        self.settle_question()

    @stateful.rule()
    def close_all(self):
        for opened in self.session.tomograms:
            self.note(opened)
        closing.close_all(self.session)
        self.settle_question()

    @stateful.rule()
    @possible(lambda self: self.row and self.row.annotation)
    def the_file_is_moved(self):
        row = self.row
        name = row.tomogram.path.name.partition(".")[0]
        if name in self.disks.failing:
            return
        self.note(row)
        moved = self.folder / str(next(self.moves)) / f"{name}.mrc"
        moved.parent.mkdir()
        shutil.copy(row.tomogram.path, moved)
        self.session.requests.append(relinking.follow_to(self.session, row, moved))
        self.frames_until(lambda: moved in {each.tomogram.path for each in self.session.tomograms})
        # From now on it is there that all of it must be.
        self.truth[moved] = self.truth.pop(row.tomogram.path)
        self.paths[name] = moved

    @stateful.rule()
    def kill(self):
        """See what a process would leave that were killed now: all that it called saved."""
        with self.disks.writes:
            for opened in self.session.tomograms:
                if opened.annotated is None or opened.annotated.state.waiting:
                    continue
                copy = self.folder / "killed.mrc"
                file = annotation_path(opened.tomogram.path)
                if file.exists():
                    shutil.copy(file, annotation_path(copy))
                    assert read_annotation(copy, SHAPE) == opened.annotation.contents
                    annotation_path(copy).unlink()

    @stateful.invariant()
    def nothing_is_a_bug(self):
        assert not [each for each in self.session.messages if "bug" in each.sentence]

    def settle_question(self):
        """Answer the question that is asked where a disk takes nothing: close all the same."""
        if self.session.closing:
            closing.close_now(self.session)

    def note(self, opened):
        """Note what is done of a tomogram at this moment, with what the hand is still at."""
        if opened.annotation is None:
            return
        contents = opened.annotation.contents.snapshot()
        drag, outline = self.session.drag, self.session.outline
        if drag is not None and drag.annotated is opened.annotated:
            change(contents, drag.stroke.feature, drag.stroke.z, drag.stroke.values)
        if outline is not None and outline.opened is opened:
            fill(contents, opened, outline)
        if opened.draft is not None:
            contents.features = tuple(
                opened.draft if each.id == opened.draft.id else each for each in contents.features
            )
        if opened.cropping is not None:
            contents.crop = opened.cropping
        self.truth[opened.tomogram.path] = contents

    def teardown(self):
        try:
            for opened in self.session.tomograms:
                self.note(opened)
            listed = [each.ref.path for each in self.session.tomograms]
            told = self.program.close()
            assert self.program.close() == ()
            self.all_is_there(told)
            # What was still being opened may have come at the last moment.
            assert set(listed) <= {each.path for each in load(session_path()).tomograms}
            self.nothing_is_left()
        finally:
            self.exits.close()

    def all_is_there(self, told):
        assert [each for each in told if each.level == "error"] == []
        for path, contents in self.truth.items():
            found = read_annotation(path, SHAPE)
            found.contrast = contents.contrast
            assert found == contents, path

    def nothing_is_left(self):
        assert not {thread.name for thread in threading.enumerate()} & THREADS
        left = [each for each in self.folder.rglob("*") if each.name.endswith(".lock")]
        assert not left
        assert not [each for each in self.folder.rglob("*") if each.name.startswith(".")]
        files = [each.path for each in psutil.Process().open_files()]
        assert not [each for each in files if ".scna" in each or each.endswith(".lock")]


def change(contents, feature, z, values):
    after = pack(values.copy())
    edit = MaskEdit(feature=feature, z=z, before=contents.masks.get((feature, z)), after=after)
    if edit.before != edit.after:
        contents.apply(Step((edit,), "", z))


def fill(contents, opened, outline):
    """Fill what an outline encloses, as the lasso does."""
    if len(outline.path) > 2 and not outline.is_click and opened.features:
        feature = next(
            (each for each in opened.features if each.id == opened.feature), opened.features[0]
        )
        mask = contents.mask(feature.id, outline.z)
        areas.polygon_interior(SHAPE[1:], outline.path).paint(mask, outline.label)
        change(contents, feature.id, outline.z, mask)


def test_nothing_that_was_done_is_lost_or_left():
    examples = hypothesis.settings().max_examples // 4
    stateful.run_state_machine_as_test(
        Work, settings=hypothesis.settings(max_examples=examples, stateful_step_count=30)
    )
