"""Jobs in turns: in order, and none behind a slow one waits for it."""

from __future__ import annotations

import threading

import pytest

from scseg.base.errors import ScsegError
from scseg.runtime.jobs import Jobs
from scseg.runtime.queue import OpeningQueue, QueuedJob
from scseg.runtime.tomograms.loading import NOT_OPENED, Loading
from scseg.state.notices import Job, JobEnd
from scseg.state.session import Session
from tests.fakes.threads import quiet_inbox, wait_for


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def inbox():
    return quiet_inbox()


def turns_of(session, inbox, seconds):
    return OpeningQueue(Jobs(session, inbox), seconds)


def test_each_begins_when_the_one_before_has_ended_however_it_ended(session, inbox):
    turns, begun, ends = turns_of(session, inbox, 3600.0), [], []

    def work(number):
        def run(_):
            begun.append(number)
            return 1 // number

        return run

    for number in (2, 0, 1):
        turns.start(QueuedJob(Job(f"{number}"), work(number), ended=ends.append))
    wait_for(lambda: len(ends) == 3, session, inbox)
    assert begun == [2, 0, 1]
    assert ends == [JobEnd.DONE, JobEnd.FAILED, JobEnd.DONE]


def test_who_takes_long_does_not_hold_up_the_next(session, inbox):
    turns, goes_on, done = turns_of(session, inbox, 0.0), threading.Event(), []
    turns.start(QueuedJob(Job("slow"), lambda _: goes_on.wait(10), lambda _: done.append("slow")))
    turns.start(QueuedJob(Job("quick"), lambda _: None, lambda _: done.append("quick")))
    turns.start(QueuedJob(Job("last"), lambda _: None, lambda _: done.append("last")))

    def frames():
        turns.update()
        return done == ["quick", "last"]

    wait_for(frames, session, inbox)
    goes_on.set()
    wait_for(lambda: done == ["quick", "last", "slow"], session, inbox)
    assert session.jobs == []


def test_rows_are_loaded_several_at_a_time_and_a_slow_one_holds_up_none(session, inbox):
    turns, goes_on, taken = turns_of(session, inbox, 0.0), threading.Event(), []

    def load(row, _):
        if row == 3:
            goes_on.wait(10)
        if row == 5:
            raise ScsegError("It is damaged.")
        return f"row {row}"

    rows = [(number, f"{number}.mrc") for number in range(100)]
    turns.start_all(
        Loading(rows, load, lambda row, outcome: taken.append((row, outcome))).following
    )
    turns.start(QueuedJob(Job("after"), lambda _: None, lambda _: taken.append("after")))

    def frames():
        turns.update()
        return "after" in taken and len(taken) > 96

    wait_for(frames, session, inbox)
    assert (3, "row 3") not in taken
    goes_on.set()
    wait_for(lambda: len(taken) == 101, session, inbox)
    expected = {(row, "It is damaged." if row == 5 else f"row {row}") for row in range(100)}
    assert set(taken) == expected | {"after"}


def test_a_row_that_is_cancelled_is_told_and_the_next_go_on(session, inbox):
    turns, reached, taken = turns_of(session, inbox, 3600.0), threading.Event(), {}

    def load(row, report):
        while row == "b":
            report(0.5, "unpacking")
            reached.set()
        report(1.0, "done")
        return row

    rows = [(name, name) for name in "abc"]
    turns.start_all(Loading(rows, load, taken.__setitem__).following)
    assert reached.wait(10)
    session.jobs[0].cancelled = True
    wait_for(lambda: len(taken) == 3, session, inbox)
    assert taken == {"a": "a", "b": NOT_OPENED, "c": "c"}


def test_once_closed_nothing_begins_whatever_is_asked_for(session, inbox):
    """As at the end of the program, when what has been recognised would still be opened."""
    turns, loaded = turns_of(session, inbox, 3600.0), []
    rows = [(name, name) for name in "ab"]
    turns.close()
    turns.start_all(
        Loading(rows, lambda row, _: loaded.append(row) or row, loaded.append).following
    )
    turns.start(QueuedJob(Job("after"), lambda _: loaded.append("after")))
    turns.update()
    assert loaded == []
    assert session.jobs == []
