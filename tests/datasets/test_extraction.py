"""From tomogram, mask and box positions to a training set."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.datasets.extraction import Annotated, SetParameters, extract
from scseg.datasets.normalisation import measure
from scseg.errors import CancelledError, ScsegError
from scseg.labels import IGNORE
from tests.datasets.makers import tomogram_of


@pytest.fixture
def annotated(rng):
    voxels = rng.normal(30.0, 4.0, (6, 50, 60)).astype(np.float32)
    mask = np.zeros((6, 50, 60), np.int8)
    mask[2, 20:30, 20:30] = 1
    boxes = np.array([[2, 25, 25], [4, 25, 25], [2, 0, 59]])
    return Annotated(tomogram_of(voxels), tomogram_of(mask, name="mask.mrc"), boxes)


def parameters(**changes):
    return SetParameters(**({"box_size": 16, "apix": None, "features": ("Membrane",)} | changes))


def test_boxes_are_cut_where_they_stand_and_normalised(annotated):
    made = extract(annotated, parameters())
    normal = measure(annotated.tomogram)
    cut = (annotated.tomogram.voxels[2, 17:33, 17:33] - normal.centre) / normal.scale
    np.testing.assert_allclose(made.images[0, 0], cut, rtol=1e-5, atol=1e-5)
    assert np.array_equal(made.labels[0], annotated.mask.voxels[2, 17:33, 17:33])
    assert made.apix == 10.0
    assert made.sources[0].tomogram == "t.mrc"
    assert (made.sources[0].centre, made.sources[0].scale) == (normal.centre, normal.scale)


def test_a_mask_of_bytes_255_that_read_as_signed_is_one(annotated):
    mask = tomogram_of(-annotated.mask.voxels, name="mask.mrc")
    read_signed = Annotated(annotated.tomogram, mask, annotated.boxes)
    assert extract(read_signed, parameters()).positive.tolist() == [True, False, False]


def test_a_box_without_mask_is_a_negative(annotated):
    assert extract(annotated, parameters()).positive.tolist() == [True, False, False]


def test_beyond_the_slice_the_label_is_ignored(annotated):
    label = extract(annotated, parameters()).labels[2]
    assert (label[:8] == IGNORE).all()
    assert (label[8:, 9:] == IGNORE).all()
    assert (label[8:, :9] == 0).all()


def test_another_pixel_size_resamples_image_and_label(annotated):
    made = extract(annotated, parameters(apix=20.0, box_size=8))
    assert made.apix == 20.0
    assert made.images.shape == (3, 1, 8, 8)
    # The square of 10 x 10 px of 10 A covers about 5 x 5 px of 20 A.
    assert 16 <= (made.labels[0] == 1).sum() <= 36


def test_a_pixel_size_within_one_percent_is_the_data_s(annotated):
    made = extract(annotated, parameters(apix=10.05))
    assert made.apix == 10.0
    assert np.array_equal(made.images, extract(annotated, parameters()).images)


def test_order_of_the_list_is_kept(annotated):
    reordered = Annotated(annotated.tomogram, annotated.mask, annotated.boxes[::-1])
    a, b = extract(annotated, parameters()), extract(reordered, parameters())
    assert np.array_equal(a.images, b.images[::-1])
    assert np.array_equal(b.positions, annotated.boxes[::-1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"boxes": np.array([[6, 0, 0]])}, "outside"),
        ({"boxes": np.array([[0, -1, 0]])}, "outside"),
        ({"boxes": np.zeros((0, 3), int)}, "no boxes"),
        ({"mask": tomogram_of(np.zeros((6, 50, 61), np.int8))}, "shape"),
        ({"tomogram": tomogram_of(np.zeros((6, 50, 60), np.int8), apix=None)}, "pixel size"),
    ],
)
def test_what_cannot_be_is_told(annotated, change, words):
    fields = {"tomogram": annotated.tomogram, "mask": annotated.mask, "boxes": annotated.boxes}
    with pytest.raises(ScsegError, match=words):
        extract(Annotated(**(fields | change)), parameters())


def test_more_boxes_than_the_format_holds_are_refused_before_any_memory_is_taken(annotated):
    many = np.broadcast_to(np.array([2, 25, 25]), (3_000_000, 3))
    with pytest.raises(ScsegError, match="at most"):
        extract(Annotated(annotated.tomogram, annotated.mask, many), parameters(box_size=64))


def test_progress_is_told_and_can_cancel(annotated):
    told = []

    def report(fraction, text):
        assert text
        told.append(fraction)
        if len(told) == 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        extract(annotated, parameters(), report)
    assert told == sorted(told)
