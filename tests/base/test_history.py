"""Undo and redo of steps that know only their size and their opposite."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scseg.annotations.annotation import Annotation
from scseg.annotations.contents import Contents
from scseg.base.history import History
from scseg.drawing.brush import paint


@dataclass(frozen=True)
class Added:
    amount: int
    nbytes: int = 1

    def inverse(self) -> Added:
        return replace(self, amount=-self.amount)


def test_undo_returns_the_inverse_and_redo_the_step():
    history = History()
    assert history.undo() is None
    assert history.redo() is None
    owner = object()
    history.push(owner, Added(3))
    assert history.undoable.step == Added(3)
    entry = history.undo()
    assert (entry.owner, entry.step) == (owner, Added(-3))
    assert history.undoable is None
    assert history.redoable.step == Added(3)
    assert history.redo().step == Added(3)
    assert history.redo() is None


def test_a_new_step_ends_redo():
    history = History()
    for number in (1, 2, 3):
        history.push("a", Added(number))
    history.undo()
    history.undo()
    history.push("a", Added(4))
    assert history.redo() is None
    assert [history.undo().step.amount for _ in range(2)] == [-4, -1]
    assert history.undo() is None


def test_what_is_closed_is_forgotten():
    history = History()
    kept, closed = object(), object()
    for number in range(6):
        history.push(closed if number % 2 else kept, Added(number))
    history.undo()
    history.undo()
    history.forget(closed)
    assert history.nbytes == 3
    assert history.redo().step == Added(4)
    assert [history.undo().step.amount for _ in range(3)] == [-4, -2, 0]
    assert history.undo() is None


@given(
    st.lists(st.integers(1, 60) | st.sampled_from(["undo", "redo"])),
)
def test_the_bound_holds_and_the_latest_stays(actions):
    history = History(most_bytes=100)
    value, done, undone = 0, [], []
    for number, action in enumerate(actions):
        if action == "undo":
            entry = history.undo()
            if entry:
                undone.append(done.pop())
                value += entry.step.amount
        elif action == "redo":
            entry = history.redo()
            assert (entry is not None) == bool(undone)
            if entry:
                done.append(undone.pop())
                value += entry.step.amount
        else:
            history.push("a", Added(number, nbytes=action))
            value += number
            done.append((number, action))
            undone = []
            assert history.undoable.step.amount == number
        assert history.nbytes <= 100
    assert value == sum(number for number, _ in done)


def test_a_step_larger_than_the_bound_can_be_undone():
    history = History(most_bytes=10)
    history.push("a", Added(1, nbytes=5))
    history.push("a", Added(2, nbytes=50))
    assert history.undo().step.amount == -2
    assert history.undo() is None


def test_200_strokes_on_the_largest_slices_can_be_undone(rng):
    annotation = Annotation(Contents.empty((3, 4096, 4096)))
    history = History()
    position = np.array([2000.0, 2000.0])
    for _ in range(200):
        stroke = annotation.begin_stroke("membrane", 1)
        for _ in range(5):
            end = np.clip(position + rng.normal(0, 150, 2), 0, 4095)
            stroke.touch(paint(stroke.values, tuple(position), tuple(end), 20, 1))
            position = end
        position = rng.uniform(0, 4096, 2)
        step = stroke.finish()
        assert step is not None
        history.push(annotation, step)
    undone = 0
    while history.undo() is not None:
        undone += 1
    assert undone == 200
