"""A thread that does what it is asked: in order, whatever fails, until it is ended."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.background_thread import BackgroundThread
from tests.fakes.threads import wait_for


@pytest.fixture
def failures():
    return []


@pytest.fixture
def background(failures):
    background = BackgroundThread("helper", failures.append)
    yield background
    assert background.close(10)


def helpers():
    return [each for each in threading.enumerate() if each.name == "helper"]


def test_no_thread_is_started_for_what_is_never_asked(background):
    background.submit_only([])
    assert not helpers()
    assert background.close(0)


@given(st.lists(st.booleans(), max_size=20))
def test_all_is_done_in_order_and_a_failure_costs_nothing_but_itself(fails):
    done, failures = [], []
    background = BackgroundThread("helper", failures.append)

    def work(number):
        def run():
            done.append(number)
            if fails[number]:
                raise ValueError(number)

        return run

    for number in range(len(fails)):
        background.submit(work(number))
    assert background.close(10, finishing=True)
    assert done == list(range(len(fails)))
    assert [error.args[0] for error in failures] == [n for n, bad in enumerate(fails) if bad]


def test_what_is_passed_over_is_never_done(background):
    begun, goes_on, done = threading.Event(), threading.Event(), []

    def first():
        begun.set()
        goes_on.wait(10)
        done.append("first")

    background.submit(first)
    assert begun.wait(10)
    for number in range(5):
        background.submit_only([lambda number=number: done.append(number)])
    goes_on.set()
    wait_for(lambda: done == ["first", 4])


def test_of_equal_works_that_wait_one_is_done_at_the_earlier_time(background):
    begun, goes_on, done = threading.Event(), threading.Event(), []

    class Counter:
        def count(self):
            done.append(self)

    counter, other = Counter(), Counter()
    background.submit(lambda: (begun.set(), goes_on.wait(10)))
    assert begun.wait(10)
    background.submit(counter.count, 3600.0)
    background.submit(other.count)
    background.submit(counter.count)
    background.submit(counter.count, 3600.0)
    goes_on.set()
    wait_for(lambda: done == [other, counter])
    assert background.close(10, finishing=True)
    assert done == [other, counter]


def test_finishing_does_what_is_not_due_yet_and_ending_does_not():
    for finishing, expected in ((True, ["late"]), (False, [])):
        done = []
        background = BackgroundThread("helper", pytest.fail)
        background.submit(lambda done=done: done.append("late"), 3600.0)
        assert background.close(10, finishing=finishing)
        assert done == expected
        background.submit(lambda done=done: done.append("after the end"))
        assert background.close(10)
        assert done == expected
    assert not helpers()


def test_a_work_that_hangs_is_told_by_the_one_who_closes():
    begun, goes_on = threading.Event(), threading.Event()
    background = BackgroundThread("helper", pytest.fail)
    background.submit(lambda: (begun.set(), goes_on.wait(10)))
    assert begun.wait(10)
    assert not background.close(0.01)
    goes_on.set()
    assert background.wait(10)


def test_work_may_end_the_thread_that_it_runs_in():
    done = []
    background = BackgroundThread("helper", pytest.fail)
    background.submit(lambda: (done.append("last"), background.end()))
    background.submit(lambda: done.append("too late"))
    assert background.wait(10)
    assert done == ["last"]
