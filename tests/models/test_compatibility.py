"""What an architecture, and a model that was trained, can learn from."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.errors import ScsegError
from scseg.models.compatibility import check_box_size, check_can_continue, check_slice
from tests.fakes.models import DESCRIPTION


@given(st.integers(1, 200), st.sampled_from([4, 8, 16]))
def test_box_sizes_are_refused_with_those_that_work(box_size, divisor):
    if box_size in range(divisor, 201, divisor):
        check_box_size("VGGNet", divisor, box_size)
        return
    with pytest.raises(ScsegError) as refusal:
        check_box_size("VGGNet", divisor, box_size)
    below, above = (int(n) for n in re.findall(r"with (\d+) or (\d+)", str(refusal.value))[0])
    check_box_size("VGGNet", divisor, below)
    check_box_size("VGGNet", divisor, above)
    assert above - below == divisor
    assert f" {box_size} pixels" in str(refusal.value)


def boxes(box_size, depth, apix, normalisation=DESCRIPTION.normalisation):
    return SimpleNamespace(box_size=box_size, depth=depth, apix=apix, normalisation=normalisation)


def test_a_model_goes_on_as_what_it_is():
    check_can_continue(DESCRIPTION, "VGGNet", boxes(32, 1, 10.0))
    check_can_continue(DESCRIPTION, "VGGNet", boxes(32, 1, 9.91))
    # Where it is not known how the grey values of a set were normalised, its file tells later.
    check_can_continue(DESCRIPTION, "VGGNet", boxes(32, 1, 10.0, ""))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("UNet deep", boxes(32, 1, 10.0)), "is a VGGNet, not a UNet deep"),
        (("VGGNet", boxes(64, 1, 10.0)), "boxes of 32 pixels, not 64"),
        (("VGGNet", boxes(32, 3, 10.0)), "boxes of 1 slice, not 3"),
        (("VGGNet", boxes(32, 1, 9.89)), "10.000 A per pixel, not 9.890"),
        (("VGGNet", boxes(32, 1, 10.0, "another")), "of the definition .*, not 'another'"),
    ],
)
def test_what_cannot_change_is_refused_with_both_values(arguments, words):
    with pytest.raises(ScsegError, match=words):
        check_can_continue(DESCRIPTION, *arguments)


@pytest.mark.parametrize(
    ("box", "shape", "step"),
    [
        (512, (16, 16), 1.0),
        (1024, (512, 512), 1.0),
        (2048, (1024, 1024), 1.0),
        (2048, (928, 1200), 1.0),
        (512, (4096, 4096), 20.0),
        (64, (4096, 4096), 0.5),
    ],
)
def test_models_for_slices_of_about_their_size(box, shape, step):
    check_slice(replace(DESCRIPTION, box_size=box), shape, step, "tiles")


@pytest.mark.parametrize(
    ("box", "shape", "step"),
    [
        (2048, (128, 128), 1.0),
        (520, (16, 16), 1.0),
        (1032, (512, 512), 1.0),
        (1024, (1024, 1024), 4.0),
    ],
)
def test_a_box_far_larger_than_the_slice_is_refused_for_tiles_alone(box, shape, step):
    model = replace(DESCRIPTION, box_size=box)
    with pytest.raises(ScsegError, match=f"Membrane was trained on boxes of {box} pixels"):
        check_slice(model, shape, step, "tiles")
    check_slice(model, shape, step, "whole")


@pytest.mark.parametrize("mode", ["tiles", "whole"])
def test_pixels_that_make_the_slice_too_large_are_refused(mode):
    with pytest.raises(ScsegError, match="would see slices of 81920 x 81920 pixels"):
        check_slice(DESCRIPTION, (4096, 4096), 0.05, mode)
