"""Jobs: results reach the main thread, failures become notices, cancelling stops them."""

from __future__ import annotations

import threading
import time

import pytest

from scseg.base.errors import ScsegError
from scseg.runtime.jobs import Jobs
from scseg.state.notices import Job, JobEnd
from scseg.state.session import Session
from tests.fakes.threads import quiet_inbox, wait_for


@pytest.fixture
def jobs():
    return Jobs(Session(), quiet_inbox())


def finish(jobs):
    wait_for(lambda: not jobs._session.jobs, jobs._session, jobs._inbox)


def test_the_result_arrives_on_the_main_thread(jobs):
    got = []
    jobs.start(
        Job("Adding"), lambda _: 2 + 3, lambda it: got.append((it, threading.current_thread()))
    )
    finish(jobs)
    assert got == [(5, threading.main_thread())]


def test_a_user_error_becomes_its_sentence_and_a_bug_its_traceback(jobs):
    def broken(_):
        raise ScsegError("No such file; choose another.")

    def buggy(_):
        return 1 // 0

    for work in (broken, buggy):
        jobs.start(Job("Opening a.mrc"), work, pytest.fail)
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

    jobs.start(Job("Unpacking"), work, pytest.fail)
    reached.wait(5)
    assert jobs._session.jobs[0].text == "unpacking"
    jobs.close()
    finish(jobs)
    assert jobs._session.notices == []


@pytest.mark.parametrize("keeps", [True, False])
def test_at_the_end_what_keeps_is_waited_for_and_the_rest_is_cancelled(jobs, keeps):
    reached, goes_on, got = threading.Event(), threading.Event(), []

    def work(report):
        reached.set()
        goes_on.wait(10)
        report(0.9, "writing")
        return "written"

    ends = []
    jobs.start(Job("Writing", keeps=keeps), work, got.append, ends.append)
    reached.wait(5)
    closing = threading.Thread(target=jobs.close)
    closing.start()
    wait_for(lambda: keeps or jobs._session.jobs[0].cancelled)
    goes_on.set()
    closing.join()
    finish(jobs)
    assert (got, ends) == ((["written"], [JobEnd.DONE]) if keeps else ([], [JobEnd.CANCELLED]))


def test_what_follows_a_job_follows_also_where_its_end_fails(jobs):
    followed = []

    def fails(_):
        raise ValueError

    jobs.start(Job("Ending"), lambda _: None, fails, followed.append)
    finish(jobs)
    assert followed == [JobEnd.DONE]
    assert "Ending failed: ValueError" in jobs._session.notices[0].sentence
    assert jobs._session.jobs == []
