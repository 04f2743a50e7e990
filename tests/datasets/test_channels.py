"""What a network sees around a slice."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.datasets.channels import read_channels
from scseg.datasets.normalisation import Normalisation
from tests.datasets.makers import tomogram_of

TOMOGRAM = tomogram_of(
    np.arange(5, dtype=np.float32)[:, None, None] * np.ones((1, 2, 2), np.float32)
)
AS_IT_IS = Normalisation(0.0, 1.0)


@pytest.mark.parametrize(
    ("z", "depth", "expected"),
    [(2, 1, [2]), (2, 3, [1, 2, 3]), (0, 3, [0, 0, 1]), (4, 5, [2, 3, 4, 4, 4]), (2, 2, [1, 2])],
)
def test_the_slice_and_its_neighbours(z, depth, expected):
    seen = read_channels(TOMOGRAM, z, depth, AS_IT_IS)
    assert [image[0, 0] for image in seen] == expected


def test_they_are_normalised():
    assert read_channels(TOMOGRAM, 3, 1, Normalisation(1.0, 4.0))[0][0, 0] == 0.5


@pytest.mark.parametrize("z", [-1, 5])
def test_a_slice_that_does_not_exist_is_an_error(z):
    with pytest.raises(ScsegError, match="no slice"):
        read_channels(TOMOGRAM, z, 3, AS_IT_IS)
