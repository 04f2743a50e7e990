"""Shares of a list: all together hold each item exactly once, whatever the numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.errors import ScsegError
from scseg.export.shares import Share, share_from_text


@given(st.lists(st.integers(), max_size=60), st.integers(1, 70))
def test_shares_cover_a_list_exactly_once_and_evenly(values, count):
    items = list(enumerate(values))
    shares = [share_from_text(f"{number}/{count}").of(items) for number in range(1, count + 1)]
    assert sorted(each for share in shares for each in share) == items
    sizes = [len(share) for share in shares]
    assert max(sizes) - min(sizes) <= 1


def test_a_share_is_read_as_it_is_written():
    assert share_from_text("3/8") == Share(3, 8)


@pytest.mark.parametrize(
    "text",
    ["", "3", "0/4", "5/4", "0/0", "-1/4", "1/4/2", "a/b", "1 / 4", "１/4", "1/99999999", "/"],
)
def test_what_is_no_share_is_told(text):
    with pytest.raises(ScsegError, match="number the jobs of the array from 1"):
        share_from_text(text)
