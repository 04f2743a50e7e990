"""An array tells what of it has changed since any of its revisions."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.rect import Rect
from scseg.drawing.versioned_array import VersionedArray

SHAPE = (9, 12)
REGIONS = st.builds(
    lambda y, x, height, width: Rect(y, x, y + height, x + width),
    *[st.integers(0, 5)] * 2,
    *[st.integers(1, 4)] * 2,
)


@given(st.lists(st.tuples(REGIONS, st.booleans()), max_size=150))
def test_whoever_takes_over_what_has_changed_now_and_then_has_it_all(changes):
    array = VersionedArray(np.zeros(SHAPE, np.int64))
    copy, revision = np.full(SHAPE, -1), 0
    for number, (region, takes_over) in enumerate([*changes, (Rect(0, 0, 1, 1), True)], 1):
        array.values[region.slices] = number
        array.touch(region)
        if takes_over:
            changed = array.changed_since(revision)
            copy[changed.slices] = array.values[changed.slices]
            revision = array.revision
            assert (copy == array.values).all()
            assert array.changed_since(revision).empty


def test_arrays_with_the_same_numbers_know_nothing_of_one_another():
    revisions = itertools.count(1)
    first = VersionedArray(np.zeros(SHAPE), revisions)
    second = VersionedArray(np.zeros(SHAPE), revisions)
    first.touch(Rect(1, 1, 3, 3))
    assert second.changed_since(first.revision) == second.whole == Rect.whole(SHAPE)
    assert first.revision != second.revision
