"""What the names of files tell of slices."""

from __future__ import annotations

import pytest

from scseg.runtime.display.slice_numbers import note


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a__Membrane_slice_52.mrc", "52 is slice 53 of"),
        ("gradient__Feature_1_annotation_slice_0.mrc", "0 is slice 1 of"),
        ("a_slice_7__Membrane_slice_52.mrc", "52 is slice 53 of"),
    ],
)
def test_a_slice_in_a_name_is_told_as_the_window_counts(name, told):
    assert told in note(name)
    assert "from 0" in note(name)


@pytest.mark.parametrize("name", ["a__Membrane.mrc", "slice.mrc", "a_slice_.mrc", "slices_12.mrc"])
def test_a_name_without_a_slice_tells_nothing(name):
    assert note(name) == ""
