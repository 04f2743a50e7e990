"""Numbers of things, sizes and ages as people tell them."""

from __future__ import annotations

import pytest

from scseg.base.formatting import counted, format_age, format_bytes, noun


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


@pytest.mark.parametrize(
    ("count", "name", "told"),
    [
        (1, "box", "1 box"),
        (0, "box", "0 boxes"),
        (2, "negative box", "2 negative boxes"),
        (1, "slice", "1 slice"),
        (3, "copy", "3 copies"),
        (2, "day", "2 days"),
        (4, "epoch", "4 epochs"),
    ],
)
def test_one_thing_is_told_as_one(count, name, told):
    assert counted(count, name) == told
    assert told == f"{count} {noun(count, name)}"
