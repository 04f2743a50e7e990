"""Errands: what the worker is told of them, and what their threads see."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.actions.models.advice import MOST_SLICES, sample
from scseg.base.errors import CancelledError, ScsegError
from scseg.base.progress import silent
from scseg.compute.messages import ModelRef, SliceRequest, TomogramRef
from scseg.preview import needed_slices
from scseg.state.session import Session
from scseg.state.slice_batch import SliceBatch

TOMOGRAM = TomogramRef("t.mrc", 10.0, None, 0)
MODELS = {"a": ModelRef("a.scnm", "0"), "b": ModelRef("b.scnm", "1")}
ARRAY = np.zeros((2, 2), np.float32)


def requests(z):
    return {name: SliceRequest(TOMOGRAM, ref, z, 0.2) for name, ref in MODELS.items()}


def errand_of(*slices):
    return SliceBatch(TOMOGRAM, {z: requests(z) for z in slices})


def zs(errand):
    return [request.z for request in errand.wanted]


def test_the_worker_is_told_of_the_next_two_slices():
    errand = errand_of(3, 5, 9)
    assert zs(errand) == [3, 3, 5, 5]
    errand.give({"a": ARRAY})
    assert zs(errand) == [5, 5, 9, 9]
    errand.give({"a": ARRAY})
    errand.give({"a": ARRAY})
    assert errand.next is None
    assert errand.wanted == ()


def test_a_thread_gets_every_slice_in_order_while_it_waits():
    errand, got = errand_of(3, 5), []
    thread = threading.Thread(target=lambda: got.extend(errand.predictions(silent)))
    thread.start()
    errand.give({"a": ARRAY})
    errand.give({"a": ARRAY + 1})
    thread.join(10)
    assert [(z, float(arrays["a"].max())) for z, arrays in got] == [(3, 0.0), (5, 1.0)]
    assert errand.ended


def test_a_failure_is_raised_after_what_came_before_it():
    errand = errand_of(3, 5)
    errand.give({"a": ARRAY})
    errand.fail("No.")
    assert errand.wanted == ()
    predictions = errand.predictions(silent)
    assert next(predictions)[0] == 3
    with pytest.raises(ScsegError, match="No"):
        next(predictions)
    assert errand.ended


def test_who_is_cancelled_wants_nothing_any_more():
    errand = errand_of(3, 5)

    def report(*_):
        raise CancelledError

    with pytest.raises(CancelledError):
        next(errand.predictions(report))
    assert errand.ended
    assert errand.wanted == ()
    assert errand.next is None


def test_no_slice_is_no_work():
    errand = errand_of()
    assert list(errand.predictions(silent)) == []
    assert errand.ended


def test_the_same_slice_of_two_errands_is_asked_for_once():
    session = Session(slice_batches=[errand_of(3, 5), errand_of(5, 7)])
    assert [each.z for each in needed_slices.all_needed(session)] == [3, 3, 5, 5, 7, 7]


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_sample_has_both_ends_and_even_steps(first, more):
    slices = sample(first, first + more)
    assert (slices[0], slices[-1]) == (first, first + more)
    assert len(slices) == min(MOST_SLICES, more + 1)
    steps = np.diff(slices)
    assert steps.size == 0 or steps.max() - steps.min() <= 1
