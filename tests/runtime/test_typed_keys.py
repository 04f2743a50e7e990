"""Which keys of a hand that types are nothing but characters."""

from __future__ import annotations

import pytest

from scseg.runtime.typed_keys import PASSING_ON, TypedKeys

A, ENTER, ESCAPE, TAB, LEFT, BACKSPACE = 65, 257, 256, 258, 263, 259
SHIFT, CTRL, ALT = 1, 2, 4


def test_letters_in_a_field_are_only_typed():
    keys = TypedKeys()
    assert keys.is_only_typed(A, 0, in_field=True)
    assert keys.is_only_typed(A, SHIFT, in_field=True)
    assert not keys.is_only_typed(A, 0, in_field=False)


@pytest.mark.parametrize(("key", "mods"), [(A, CTRL), (A, ALT), (LEFT, 0), (BACKSPACE, 0)])
def test_what_edits_a_text_is_a_key(key, mods):
    keys = TypedKeys()
    assert not keys.is_only_typed(key, mods, in_field=True)
    assert keys.is_only_typed(A, 0, in_field=True)


@pytest.mark.parametrize("key", [ENTER, ESCAPE, TAB])
def test_what_comes_after_the_end_of_a_text_may_be_a_command(key):
    keys = TypedKeys()
    assert not keys.is_only_typed(key, 0, in_field=True)
    for _ in range(PASSING_ON):
        assert not keys.is_only_typed(A, 0, in_field=True)
        keys.next_frame()
    assert keys.is_only_typed(A, 0, in_field=True)
