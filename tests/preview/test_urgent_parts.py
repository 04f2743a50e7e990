"""What is predicted first of a slice: what is under the mouse, then what is in view."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.rect import Rect
from scseg.preview.urgent_parts import STEP, urgent_parts

WHOLE = Rect(0, 0, 900, 1000)


def looked_at(in_view=None, pointed=None):
    return SimpleNamespace(in_view=in_view, pointed=pointed)


def test_first_what_is_under_the_mouse_then_what_is_in_view():
    opened = looked_at(Rect(130, 200, 400, 500), (300, 310))
    around, view = urgent_parts(opened, WHOLE)
    assert around == Rect(256, 256, 384, 384)
    assert view == Rect(128, 192, 448, 512)


def test_a_move_within_a_step_asks_for_nothing_new():
    a, b = (urgent_parts(looked_at(pointed=at), WHOLE) for at in [(300, 310), (302, 313)])
    assert a == b


@pytest.mark.parametrize(
    ("opened", "shown"),
    [
        (looked_at(), WHOLE),
        (looked_at(WHOLE), WHOLE),
        (looked_at(Rect(0, 0, 890, 1000)), WHOLE),
        (looked_at(pointed=(20, 20)), Rect(600, 600, 700, 700)),
        (looked_at(pointed=(20, 20)), Rect(0, 0, 60, 60)),
    ],
)
def test_without_a_smaller_part_there_is_none(opened, shown):
    assert urgent_parts(opened, shown) == []


@given(st.data())
def test_parts_hold_what_is_looked_at_and_stay_within_the_crop(data):
    def rect(shape):
        (y0, y1), (x0, x1) = (
            sorted(data.draw(st.lists(st.integers(0, n), min_size=2, max_size=2, unique=True)))
            for n in shape
        )
        return Rect(y0, x0, y1, x1)

    shown, in_view = rect((900, 1000)), rect((900, 1000))
    for part in urgent_parts(looked_at(in_view), shown):
        assert part.clipped((900, 1000)) == part
        assert part.union(shown) == shown
        low_y, low_x = max(in_view.y0, shown.y0), max(in_view.x0, shown.x0)
        assert low_y - STEP < part.y0 <= low_y
        assert low_x - STEP < part.x0 <= low_x
