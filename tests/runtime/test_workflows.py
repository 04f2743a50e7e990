"""Workflows: top to bottom through questions and work, and ended properly wherever they are given up."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from scseg.base.errors import ScsegError
from scseg.runtime.jobs import Jobs
from scseg.runtime.workflows import Workflows
from scseg.state.requests import FilesToOpen, FileToWrite, OpenPaths, Work
from scseg.state.session import Session
from tests.fakes.headless import Questions, headless
from tests.fakes.threads import quiet_inbox, wait_for

FILES, TARGET = (Path("/a.mrc"), Path("/b.mrc")), Path("/c.mrc")


class Steps:
    """A workflow that asks twice and works twice, and notes how far it came."""

    def __init__(self, work=lambda _: 2, keeps=False):
        self.work, self.keeps = work, keeps
        self.came, self.ended = [], False

    def run(self):
        try:
            self.came.append((yield FilesToOpen("tomogram", "Choose some")))
            self.came.append((yield FileToWrite("Save it", Path("/proposed.mrc"))))
            self.came.append((yield Work("Adding", lambda _: 1)))
            self.came.append((yield Work("Going on", self.work, self.keeps)))
        finally:
            self.ended = True


class Unanswered:
    """A user who leaves every dialog open; `answer` is what the last one waits for."""

    def ask(self, _kind, then, _title):
        self.answer = then


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def program(session):
    program = headless(session, Questions(FILES, TARGET))
    yield program
    program.close()


def begin(program, steps):
    program.session.requests.append(steps.run())
    program.step()


def finish(program, steps):
    wait_for(lambda: program.step() or steps.ended)


def test_each_answer_comes_back_where_it_was_asked_for(program):
    steps = Steps()
    begin(program, steps)
    finish(program, steps)
    assert steps.came == [FILES, TARGET, 1, 2]
    assert program.session.jobs == []


@pytest.mark.parametrize(
    ("files", "target", "came"), [((), TARGET, []), (FILES, None, [FILES])], ids=["open", "write"]
)
def test_a_question_that_is_cancelled_ends_it_there(session, files, target, came):
    questions, steps = Questions(files, target), Steps()
    program = headless(session, questions)
    begin(program, steps)
    assert steps.ended
    assert steps.came == came
    assert questions.asked[0] == ("tomogram", "Choose some")
    assert program.close() == ()


def test_work_that_fails_is_told_and_ends_it_there(program):
    def fails(_):
        raise ScsegError("No such file; choose another.")

    steps = Steps(fails)
    begin(program, steps)
    finish(program, steps)
    assert [each.sentence for each in program.session.notices] == ["No such file; choose another."]
    assert steps.came == [FILES, TARGET, 1]


def working(report):
    while True:
        report(0.5, "adding")


def test_work_that_is_cancelled_ends_it_there_without_a_word(program):
    steps = Steps(working)
    begin(program, steps)
    wait_for(lambda: program.step() or len(steps.came) == 3)
    program.session.jobs[0].cancelled = True
    finish(program, steps)
    assert steps.came == [FILES, TARGET, 1]
    assert program.session.notices == []


def test_a_fault_between_two_steps_is_told_and_leaves_nothing_behind(program):
    def faulty():
        yield Work("Adding", lambda _: 1)
        raise ZeroDivisionError("oops")

    program.session.requests.append(faulty())
    wait_for(lambda: program.step() or program.session.notices)
    (notice,) = program.session.notices
    assert "Adding failed: oops" in notice.sentence
    assert program._workflows._waiting == []


def test_a_question_that_cannot_be_asked_is_told_and_ends_it(session):
    class Broken:
        def ask(self, *_):
            raise ScsegError("There is no dialog.")

    steps = Steps()
    program = headless(session, Broken())
    begin(program, steps)
    assert steps.ended
    assert [each.sentence for each in program.close()] == []
    assert session.notices[0].sentence == "There is no dialog."


def test_the_end_of_the_program_waits_for_what_keeps(session):
    goes_on = threading.Event()

    def work(report):
        goes_on.wait(10)
        report(0.5, "writing")
        return 2

    steps = Steps(work, keeps=True)
    program = headless(session, Questions(FILES, TARGET))
    begin(program, steps)
    wait_for(lambda: program.step() or len(steps.came) == 3)
    goes_on.set()
    program.close()
    assert steps.ended
    assert steps.came == [FILES, TARGET, 1, 2]


def test_the_end_of_the_program_cancels_other_work(session):
    steps = Steps(working)
    program = headless(session, Questions(FILES, TARGET))
    begin(program, steps)
    wait_for(lambda: program.step() or len(steps.came) == 3)
    assert program.close() == ()
    assert steps.ended
    assert steps.came == [FILES, TARGET, 1]


def test_the_end_of_the_program_ends_who_waits_for_the_user_and_an_answer_is_too_late(session):
    questions, steps = Unanswered(), Steps()
    program = headless(session, questions)
    begin(program, steps)
    assert not steps.ended
    assert program.close() == ()
    assert steps.ended
    questions.answer(FILES)
    assert steps.came == []


def test_nothing_is_begun_when_jobs_have_ended(session):
    jobs, steps = Jobs(session, quiet_inbox()), Steps()
    jobs.close()
    Workflows(jobs, Questions(FILES, TARGET)).start(steps.run())
    assert steps.ended
    assert steps.came == [FILES, TARGET]


def test_one_that_ends_badly_does_not_keep_the_others_from_their_ends(session):
    def stubborn():
        try:
            yield FilesToOpen("model")
        finally:
            raise ZeroDivisionError("oops")

    questions, steps = Unanswered(), Steps()
    program = headless(session, questions)
    program.session.requests += [stubborn(), steps.run(), stubborn()]
    program.step()
    notices = program.close()
    assert steps.ended
    assert ["oops" in each.sentence for each in notices] == [True]


def test_a_workflow_may_tell_the_program_something(session, tmp_path):
    def opens():
        paths = yield FilesToOpen("tomogram")
        session.requests.append(OpenPaths(paths))

    program = headless(session, Questions((tmp_path / "missing.mrc",)))
    session.requests.append(opens())
    wait_for(lambda: program.step() or session.notices)
    assert "missing.mrc" in session.notices[0].sentence
    program.close()
