"""Sizes and ages as people tell them."""

from __future__ import annotations

import pytest

from scseg.base.formatting import format_age, format_bytes


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "0 kB"),
        (1, "1 kB"),
        (1000, "1 kB"),
        (48_213, "49 kB"),
        (1.5e6, "1.5 MB"),
        (2e10, "20.00 GB"),
    ],
)
def test_sizes_of_files_are_told_as_people_do(size, told):
    assert format_bytes(size) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (7200, "2 hours ago"),
        (86400, "1 day ago"),
        (400 * 86400, "400 days ago"),
    ],
)
def test_ages_are_told_in_the_largest_whole_unit(seconds, told):
    assert format_age(seconds) == told
