"""Packed masks give back what was packed, and refuse what was not."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from scseg.annotations.packed_masks import PackedMask, most_packed_bytes, pack

shapes = st.tuples(st.integers(1, 40), st.integers(1, 40))
masks = shapes.flatmap(lambda shape: arrays.arrays(np.uint8, shape, elements=st.integers(0, 2)))


@given(masks)
def test_any_mask_comes_back(mask):
    packed = pack(mask)
    if packed is None:
        assert not mask.any()
        return
    assert mask.any()
    packed.check()
    assert len(packed.data) <= most_packed_bytes(*mask.shape)
    values = packed.values()
    assert values.dtype == np.uint8
    assert values.flags.writeable
    np.testing.assert_array_equal(values, mask)
    assert pack(values) == packed


def test_the_bits_are_those_of_the_format():
    mask = np.array([[0, 1, 2, 0, 0], [1, 0, 0, 0, 2]], np.uint8)
    # Row by row, most significant bit first: the feature's plane, then the ignored.
    planes = bytes([0b01000100, 0b00000000, 0b00100000, 0b01000000])
    assert zlib.decompress(pack(mask).data) == planes
    assert zlib.decompress(pack(mask % 2).data) == planes[:2]


def test_noise_that_cannot_be_compressed_is_within_the_bound(rng):
    for side in (1, 7, 256, 1000):
        mask = rng.integers(0, 3, (side, side), dtype=np.uint8) | 2
        assert len(pack(mask).data) <= most_packed_bytes(side, side)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        zlib.compress(b""),
        zlib.compress(bytes(7)),
        zlib.compress(bytes(9)),
        zlib.compress(bytes(24)),
        zlib.compress(bytes(8)) + b"more",
        zlib.compress(bytes(8))[:-1],
        zlib.compress(bytes(10**9), 9),
    ],
)
def test_other_data_are_refused_in_bounded_memory(data):
    with pytest.raises(ValueError, match="mask"):
        PackedMask((8, 8), data).check()
