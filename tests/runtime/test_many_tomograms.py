"""Many open tomograms: they take few handles, and whatever is drawn on any of them is saved."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import mrcfile
import numpy as np
import pytest

from scseg.actions.annotation import changes, features, strokes
from scseg.actions.tomograms import closing, tomogram_list
from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.read_only import read_annotation
from scseg.runtime.tomograms import annotations
from scseg.state.session import Session
from tests.fakes.headless import headless
from tests.fakes.threads import wait_for

SHAPE = (2, 16, 16)

A_THOUSAND = """
import resource, sys, time
from pathlib import Path
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
import psutil
from scseg.actions.annotation import features, strokes
from scseg.actions.tomograms import tomogram_list
from tests.fakes.headless import headless
from scseg.state.session import Session

paths = tuple(sorted(Path(sys.argv[1]).glob("*.mrc")))
session = Session()
program = headless(session)
most = 0

def frames_until(what):
    global most
    deadline = time.monotonic() + 120
    frame = 0
    while not what():
        assert time.monotonic() < deadline
        program.step()
        time.sleep(0.0005)
        frame += 1
        if frame % 20 == 0:
            most = max(most, psutil.Process().num_fds())

def draw_on(row):
    tomogram_list.activate(session, row)
    program.step()
    frames_until(lambda: row.annotated is not None and not row.annotated.read_only)
    frames_until(lambda: program.on_screen.shown is not None and program.on_screen.shown.opened is row)
    features.add(session)
    strokes.begin(session, (8.0, 8.0), 1)
    strokes.end(session)

program.open(paths)
frames_until(lambda: len(session.tomograms) == len(paths))
frames_until(lambda: all(row.annotation for row in session.tomograms) and not session.jobs)
for row in session.tomograms[::100]:
    draw_on(row)
drawn = session.tomograms[::100]
frames_until(lambda: all(row.annotated.state.waiting == 0 for row in drawn))
said = [each.sentence for each in (*session.messages, *program.close())]
print(len(paths), most, said)
"""


def made(folder, count):
    first = folder / "t_0000.mrc"
    with mrcfile.new(first) as file:
        file.set_data(np.zeros(SHAPE, np.int8))
        file.voxel_size = 10.0
    for number in range(1, count):
        shutil.copy(first, folder / f"t_{number:04}.mrc")
    return tuple(sorted(folder.glob("*.mrc")))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_thousand_tomograms_where_256_files_may_be_open(tmp_path):
    paths = made(tmp_path, 1000)
    done = subprocess.run(
        [sys.executable, "-c", A_THOUSAND, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "SCSEG_HOME": str(tmp_path / "home")},
        check=True,
        timeout=200,
    )
    count, most, said = done.stdout.strip().split(" ", 2)
    assert (int(count), said) == (1000, "[]")
    assert int(most) < 128
    for path in paths[::100]:
        contents = read_annotation(path, SHAPE)
        assert contents.mask(contents.features[0].id, SHAPE[0] // 2)[8, 8] == 1
    assert len(list(tmp_path.glob("*.scna"))) == 10
    assert not list(tmp_path.glob("*.lock"))


class Work:
    """The program on six tomograms, of whose annotations two that nobody changes stay open for changes."""

    def __init__(self, folder):
        self.folder = folder
        self.paths = made(folder, 6)
        self.session = Session()
        self.program = headless(self.session)
        self.program.open(self.paths)
        self.frames_until(lambda: len(self.session.tomograms) == 6)
        self.frames_until(lambda: len(self.locks) == 2)

    @property
    def rows(self):
        return self.session.tomograms

    @property
    def locks(self):
        return {each.name[:6] for each in self.folder.glob("t_*.lock")}

    def frames_until(self, what):
        def frame_and_see():
            self.program.step()
            settled = all(row.annotation or row.trouble for row in self.rows)
            return settled and not self.session.jobs and what()

        wait_for(frame_and_see)

    def show(self, row):
        tomogram_list.activate(self.session, row)
        self.frames_until(lambda: row.annotated is not None)

    def visit_others(self, row):
        for other in self.rows:
            if other is not row:
                self.show(other)


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(annotations, "MOST_UNCHANGED", 2)
    begun = Work(tmp_path)
    yield begun
    begun.program.close()
    assert not begun.locks


def test_those_in_view_last_stay_open_for_changes(work):
    for row in work.rows:
        work.show(row)
        assert not row.annotated.read_only
    assert work.locks == {"t_0004", "t_0005"}
    work.show(work.rows[4])
    work.show(work.rows[0])
    assert work.locks == {"t_0004", "t_0000"}


def test_what_another_process_has_changed_meanwhile_is_there_when_it_comes_into_view(work):
    row = work.rows[0]
    work.visit_others(row)
    other = open_annotation(work.paths[0], SHAPE)
    assert not other.read_only
    other.apply(steps.add_feature(other.annotation.contents, Feature("theirs", (1, 0, 0))))
    assert other.close()
    assert row.features == ()
    work.show(row)
    assert [each.name for each in row.features] == ["theirs"]
    features.add(work.session)
    work.frames_until(lambda: row.annotated.state.waiting == 0)
    assert len(read_annotation(work.paths[0], SHAPE).features) == 2


def test_what_another_process_is_changing_comes_into_view_read_only(work):
    row = work.rows[0]
    work.visit_others(row)
    other = open_annotation(work.paths[0], SHAPE)
    work.show(row)
    assert row.annotated.read_only
    assert "is open in process" in work.session.messages[-1].sentence
    other.close()


def test_what_is_or_will_be_changed_stays_open(work):
    drawn, about_to = work.rows[0], work.rows[1]
    work.show(drawn)
    features.add(work.session)
    strokes.begin(work.session, (8.0, 8.0), 1)
    strokes.end(work.session)
    work.show(about_to)
    assert changes.may_change(work.session, about_to)
    for row in work.rows[2:]:
        work.show(row)
    assert work.locks == {"t_0000", "t_0001", "t_0004", "t_0005"}
    step = steps.add_feature(about_to.annotation.contents, Feature("late", (1, 0, 0)))
    changes.apply_step(work.session, about_to, step)
    work.frames_until(lambda: about_to.annotated.state.waiting == 0)
    assert [each.name for each in read_annotation(work.paths[1], SHAPE).features] == ["late"]


def test_what_is_at_rest_is_not_changed_without_a_word(work):
    row = work.rows[0]
    work.visit_others(row)
    step = steps.add_feature(row.annotation.contents, Feature("new", (1, 0, 0)))
    changes.apply_step(work.session, row, step)
    assert row.features == ()
    assert "is at rest" in work.session.messages[-1].sentence
    closing.close(work.session, row)
    work.frames_until(lambda: row not in work.rows)
