"""Doubt, against its definition pixel by pixel, and boxes of it against a search of all boxes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.models.doubt import doubt, doubtful_places

NAMES = ("Membrane", "Carbon")


def by_definition(claims: list[tuple[str, float]]) -> float:
    if any(p < 0 for _, p in claims):
        return 0.0
    found = [1 - abs(2 * p - 1) for _, p in claims]
    for (a, p), (b, q) in itertools.combinations(claims, 2):
        found.append(abs(p - q) if a == b else min(p, q))
    return max(found)


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from([-1.0, 0.0, 0.2, 0.5, 0.9, 1.0])),
        min_size=1,
        max_size=4,
    )
)
def test_a_pixel_is_as_doubtful_as_defined(claims: list[tuple[str, float]]) -> None:
    images = [(name, np.full((2, 3), p, np.float32)) for name, p in claims]
    np.testing.assert_allclose(doubt(images), by_definition(claims), atol=1e-6)


@pytest.mark.parametrize("box", [1, 4, 5])
def test_places_are_the_best_of_all_boxes(box: int) -> None:
    doubts = np.random.default_rng(box).random((17, 19), dtype=np.float32)
    low = box // 2
    means = {
        (y, x): doubts[y - low : y - low + box, x - low : x - low + box].mean()
        for y in range(low, 17 - box + low + 1)
        for x in range(low, 19 - box + low + 1)
    }
    for place in doubtful_places(doubts, box, 5):
        best = max(means, key=means.__getitem__)
        assert (place.y, place.x) == best
        assert place.doubt == pytest.approx(means[best], rel=1e-5)
        # Boxes of what is found do not overlap.
        means = {
            at: mean
            for at, mean in means.items()
            if max(abs(at[0] - place.y), abs(at[1] - place.x)) >= box
        }


def test_what_has_a_box_is_left_out() -> None:
    doubts = np.zeros((32, 32), np.float32)
    doubts[10:14, 10:14] = 1.0
    doubts[24:27, 24:27] = 1.0
    assert doubtful_places(doubts, 4, 1)[0].doubt == pytest.approx(1.0)
    (place,) = doubtful_places(doubts, 4, 1, taken=[(12, 12), (9, 12), (12, 9), (15, 12), (12, 15)])
    assert min(place.y, place.x) >= 20


def test_without_doubt_or_room_there_are_no_places() -> None:
    assert doubtful_places(np.zeros((8, 8), np.float32), 4, 3) == []
    assert doubtful_places(np.ones((8, 8), np.float32), 9, 3) == []
    assert len(doubtful_places(np.ones((8, 8), np.float32), 8, 3)) == 1
