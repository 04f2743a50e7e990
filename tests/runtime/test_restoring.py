"""The last session comes back, also after a crash; its file follows what is done."""

from __future__ import annotations

import json

import pytest

from scseg.actions.training import new_set
from scseg.base.errors import ScsegError
from scseg.persistence import last_session
from scseg.runtime.saving.session_file import SessionFile
from scseg.state.models import SetPlan
from scseg.state.session import Session
from tests.fakes.gradient import write_four
from tests.fakes.headless import running, step_until
from tests.fakes.threads import quiet_inbox, take_in, wait_for


@pytest.fixture(autouse=True)
def _home(monkeypatch, tmp_path):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))


@pytest.fixture
def files(tmp_path):
    """Four tomograms of different shapes."""
    return write_four(tmp_path)


def wait_for_tomograms(program, count):
    step_until(program, lambda: len(program.session.tomograms) == count)


def restore(program, tomograms_there):
    program.restore()
    step_until(program, lambda: not program.session.jobs)
    wait_for_tomograms(program, tomograms_there)


def names(program):
    return [each.name for each in program.session.tomograms]


def open_and_close(files):
    with running(files) as program:
        wait_for_tomograms(program, len(files))


def test_what_a_training_set_was_to_be_comes_back(files):
    plan = SetPlan({"Membrane": 1}, frozenset({str(files[1])}), 48, 12.5, 3)
    with running(files[:2]) as program:
        wait_for_tomograms(program, 2)
        new_set.set_plan(program.session, plan)
    with running() as program:
        restore(program, 2)
        assert program.session.set_plan == plan


def test_a_program_that_nobody_asked_to_restore_opens_empty(files):
    open_and_close(files)
    with running() as program:
        for _ in range(5):
            program.step()
        assert names(program) == []
        assert program.session.jobs == []


def test_what_is_absent_stays_for_the_session_after(files):
    open_and_close(files)
    files[3].rename(files[3].with_suffix(".unloaded"))
    with running() as program:
        restore(program, 3)
    files[3].with_suffix(".unloaded").rename(files[3])
    with running() as program:
        restore(program, 4)
        assert names(program) == ["a.mrc", "b.mrc", "c.mrc", "d.mrc"]


def test_closing_while_the_last_session_comes_back_loses_nothing(files, monkeypatch):
    open_and_close(files)
    before = json.loads(last_session.session_path().read_text())
    monkeypatch.setattr("scseg.runtime.jobs.Jobs.start", lambda *_: None)
    with running() as program:
        program.restore()
        program.step()
        assert len(program.session.missing) == 4
    assert json.loads(last_session.session_path().read_text()) == before


def test_a_disk_that_takes_nothing_is_told_once_and_again_at_the_end(monkeypatch):
    def full(*_):
        raise ScsegError("Cannot write it: the disk is full.")

    monkeypatch.setattr(last_session, "save", full)
    session, inbox = Session(), quiet_inbox()
    keeper = SessionFile(session, inbox, seconds=0.0)
    for overlays in (False, True, False):
        session.overlays = overlays
        keeper.update()
        wait_for(lambda: not keeper._keeper._writes, session, inbox)
    (notice,) = session.notices
    assert "the disk is full" in notice.sentence
    session.notices.clear()
    keeper.close()
    take_in(session, inbox)
    assert [each.sentence for each in session.notices] == [notice.sentence]


def test_what_could_not_be_written_once_is_written_as_soon_as_that_can_be(monkeypatch):
    save, tries = last_session.save, []

    def fails_once(*arguments):
        tries.append(arguments)
        if len(tries) == 1:
            raise ScsegError("Cannot write it: the disk is full.")
        save(*arguments)

    monkeypatch.setattr(last_session, "save", fails_once)
    session, inbox = Session(), quiet_inbox()
    keeper = SessionFile(session, inbox, seconds=0.0)
    session.overlays = False
    keeper.update()
    wait_for(lambda: session.notices, session, inbox)
    keeper.update()
    wait_for(lambda: not session.notices, session, inbox)
    assert last_session.load(last_session.session_path()).overlays is False
    keeper.close()
    assert len(tries) == 2


def test_of_two_windows_the_first_is_remembered():
    first, second, inbox = Session(overlays=False), Session(overlays=True), quiet_inbox()
    keeper, other = SessionFile(first, inbox, 0.0), SessionFile(second, inbox, 0.0)
    first.overlays = True
    keeper.update()
    second.overlays = False
    other.update()
    other.close()
    keeper.close()
    take_in(second, inbox)
    assert last_session.load(last_session.session_path()).overlays
    # The first is closed: now another may be.
    second.overlays = True
    third = SessionFile(second, quiet_inbox(), 0.0)
    second.overlays = False
    third.close()
    assert not last_session.load(last_session.session_path()).overlays
