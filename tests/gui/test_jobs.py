"""Jobs: results reach the main thread, failures become notices, cancelling stops them."""

from __future__ import annotations

import threading
import time

import pytest

from scseg.errors import ScsegError
from scseg.gui.jobs import Jobs
from scseg.session import Session


@pytest.fixture
def jobs():
    return Jobs(Session(), lambda: None)


def finish(jobs):
    deadline = time.monotonic() + 5
    while jobs._session.jobs:
        assert time.monotonic() < deadline
        jobs.drain()
        time.sleep(0.001)


def test_the_result_arrives_on_the_main_thread(jobs):
    got = []
    jobs.start("Adding", lambda _: 2 + 3, lambda it: got.append((it, threading.current_thread())))
    finish(jobs)
    assert got == [(5, threading.main_thread())]


def test_a_user_error_becomes_its_sentence_and_a_bug_its_traceback(jobs):
    def broken(_):
        raise ScsegError("No such file; choose another.")

    def buggy(_):
        return 1 // 0

    for work in (broken, buggy):
        jobs.start("Opening a.mrc", work, pytest.fail)
        finish(jobs)
    user_error, bug = jobs._session.notices
    assert (user_error.sentence, user_error.details) == ("No such file; choose another.", "")
    assert "Opening a.mrc failed" in bug.sentence
    assert "ZeroDivisionError" in bug.details


def test_a_cancelled_job_ends_at_its_next_report_without_a_word(jobs):
    reached = threading.Event()

    def work(report):
        while True:
            report(0.5, "unpacking")
            reached.set()
            time.sleep(0.001)

    jobs.start("Unpacking", work, pytest.fail)
    reached.wait(5)
    assert jobs._session.jobs[0].text == "unpacking"
    jobs.cancel_all()
    finish(jobs)
    assert jobs._session.notices == []


def test_what_follows_a_job_follows_also_where_its_end_fails(jobs):
    followed = []

    def fails(_):
        raise ValueError

    jobs.start("Ending", lambda _: None, fails, lambda: followed.append(1))
    with pytest.raises(ValueError):  # noqa: PT011 - the one above
        finish(jobs)
    assert followed == [1]
    assert jobs._session.jobs == []
