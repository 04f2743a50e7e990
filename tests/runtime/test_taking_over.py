"""A second window goes on with what the first one had, once that is gone. Needs no display."""

from __future__ import annotations

import subprocess
import sys

import mrcfile
import numpy as np
import pytest

from scseg.actions.annotation import changes
from scseg.actions.tomograms import tomogram_list
from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.annotations.storage.opening import open_annotation
from scseg.base.progress import silent
from scseg.models import unsaved_models
from scseg.persistence import last_session
from scseg.persistence.last_models import ModelRecord
from scseg.persistence.last_session import LastSession
from scseg.runtime.jobs import Jobs
from scseg.runtime.opening import loaded
from scseg.runtime.saving import restoring
from scseg.runtime.saving.session_file import SessionFile
from scseg.runtime.tomograms import take_over
from scseg.runtime.tomograms.annotations import AnnotationFiles
from scseg.state.models import Display
from scseg.state.session import Session
from tests.fakes.threads import quiet_inbox, take_in, wait_for

SHAPE = (3, 20, 25)
HOLD = """
import sys, time
from pathlib import Path
from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.annotations.storage.opening import open_annotation
opened = open_annotation(Path(sys.argv[1]), (3, 20, 25))
opened.apply(steps.add_feature(opened.annotation.contents, Feature("first", (0, 0, 0))))
assert opened.flush(30)
print("saved", flush=True)
time.sleep(600)
"""


class SecondWindow:
    """What of a window looks after annotations, with its frames."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr(take_over.AnnotationTakeOver.__init__, "__defaults__", (0.0,))
        self.session, self.inbox = Session(), quiet_inbox()
        self.jobs = Jobs(self.session, self.inbox)
        self.files = AnnotationFiles(self.session, self.jobs, lambda: None)

    def open(self, path):
        tomogram_list.add(self.session, *loaded(path, None, silent))

    def frame(self):
        take_in(self.session, self.inbox)
        self.files.update()

    def until(self, what):
        def seen():
            self.frame()
            return what()

        wait_for(seen)

    def names(self):
        return [each.name for opened in self.session.tomograms for each in opened.features]

    def close(self):
        self.jobs.close()
        take_in(self.session, self.inbox)
        self.files.close()


@pytest.fixture
def window(monkeypatch):
    window = SecondWindow(monkeypatch)
    yield window
    window.close()


@pytest.fixture
def tomogram(tmp_path):
    return written(tmp_path / "t.mrc")


def written(path):
    with mrcfile.new(path) as file:
        file.set_data(np.zeros(SHAPE, np.float32))
        file.voxel_size = 10.0
    return path


def add(opened, name):
    opened.apply(steps.add_feature(opened.annotation.contents, Feature(name, (0, 0, 0))))


def is_editable(window):
    return all(each.annotated and not each.annotated.read_only for each in window.session.tomograms)


def test_annotations_are_taken_over_when_another_process_is_killed(window, tomogram):
    command = [sys.executable, "-c", HOLD, str(tomogram)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "saved\n"
        window.open(tomogram)
        window.until(lambda: window.session.notices)
        (opened,), (notice,) = window.session.tomograms, window.session.notices
        assert "close it there" in notice.sentence
        for _ in range(20):
            window.frame()
        assert opened.annotated.read_only
        process.kill()
    window.until(lambda: is_editable(window))
    (said,) = window.session.notices
    assert (said.level, "t.mrc is no longer open elsewhere" in said.sentence) == ("info", True)
    assert window.names() == ["first"]
    step = steps.add_feature(opened.annotation.contents, Feature("mine", (0, 0, 0)))
    changes.apply_step(window.session, opened, step)
    assert opened.annotated.flush(30)


def test_all_that_become_free_are_taken_over_as_they_are_then(window, tmp_path):
    paths = [written(tmp_path / f"{name}.mrc") for name in "abc"]
    others = [open_annotation(path, SHAPE) for path in paths]
    for path in paths:
        window.open(path)
    window.until(lambda: all(each.annotated for each in window.session.tomograms))
    # Whoever has it open may go on meanwhile.
    for number, other in enumerate(others):
        add(other, f"late {number}")
        other.close()
    window.until(lambda: is_editable(window))
    assert window.names() == ["late 0", "late 1", "late 2"]


def test_one_that_can_no_longer_be_read_stays_in_view_and_is_told_once(window, tomogram):
    other = open_annotation(tomogram, SHAPE)
    add(other, "seen")
    assert other.flush(30)
    window.open(tomogram)
    window.until(lambda: window.names() == ["seen"])
    other.path.write_bytes(b"SQLite format 3\0" + bytes(4000))
    other.close()
    (opened,) = window.session.tomograms
    window.until(lambda: opened.trouble)
    window.session.notices.clear()
    for _ in range(20):
        window.frame()
    assert (window.session.notices, window.session.jobs) == ([], [])
    assert window.names() == ["seen"]


def test_a_tomogram_that_was_closed_meanwhile_is_let_go_of(window, tomogram):
    other = open_annotation(tomogram, SHAPE)
    window.open(tomogram)
    window.until(lambda: window.session.tomograms[0].annotated)
    key = tomogram, SHAPE
    other.close()
    window.session.tomograms.clear()
    window.until(lambda: not window.files._held)
    found = open_annotation(tomogram, SHAPE)
    window.files._replace(key, found)
    wait_for(lambda: found.closed)


MODELS = tuple(
    ModelRecord(f"/models/{name}.scnm", Display(name, (0, 1, 0)), number * 32, kept=False)
    for number, name in zip("ab", ("Membrane", "Ribosome"), strict=True)
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path))


def test_the_second_window_is_remembered_once_the_first_is_gone(home):  # noqa: ARG001
    first, second, inbox = Session(), Session(), quiet_inbox()
    keeper, other = SessionFile(first, inbox, 0.0), SessionFile(second, inbox, 0.0)
    second.overlays = False
    for _ in range(5):
        other.update()
        take_in(second, inbox)
    assert last_session.load(last_session.session_path()).overlays
    last_session.save(LastSession(models=MODELS), last_session.session_path())
    keeper.close()

    def is_written():
        other.update()
        return not last_session.load(last_session.session_path()).overlays

    wait_for(is_written, second, inbox)
    (told,) = second.notices
    assert "not saved yet: Membrane, Ribosome." in told.sentence
    third = SessionFile(Session(), inbox, 60.0)
    assert third._is_second
    third.close()
    other.close()
    take_in(second, inbox)
    assert not last_session.window_paths()


def test_a_window_that_closes_as_it_takes_over_lets_go(home):  # noqa: ARG001
    first, second = SessionFile(Session(), quiet_inbox()), quiet_inbox()
    other = SessionFile(Session(), second, 0.0)
    first.close()
    wait_for(lambda: "Taking over the session" in dict(second._calls))
    other.close()
    take_in(Session(), second)
    again = SessionFile(Session(), quiet_inbox())
    assert not again._is_second
    again.close()


def test_models_that_a_newer_version_may_still_need_stay(home, monkeypatch):  # noqa: ARG001
    last_session.session_path().write_text('{"format": "scseg session", "version": 9}')
    folder = unsaved_models.model_folder("a" * 32)
    folder.mkdir(parents=True)
    monkeypatch.setattr(unsaved_models, "DAYS_KEPT", -1.0)
    restorer = restoring.SessionRestorer(Session(), None, LastSession(), lambda: None)
    restorer._prune(silent)
    assert folder.is_dir()
    last_session.session_path().unlink()
    restorer._prune(silent)
    assert not folder.exists()
