"""What a network sees around a slice."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.datasets.channels import read_channels
from scseg.datasets.normalisation import Normalisation, measure_normalisation
from tests.datasets.makers import tomogram_of
from tests.datasets.paddings import outside

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


def test_where_the_tomogram_is_padded_networks_see_the_centre(rng):
    voxels = rng.normal(100.0, 9.0, (7, 60, 70)).astype(np.float32)
    padded = np.stack([outside("corners", 0.1 + z / 20, 60, 70) for z in range(7)])
    voxels[3, 30, 30] = np.nan
    voxels[padded] = 0.0
    tomogram = tomogram_of(voxels)
    normalisation = measure_normalisation(tomogram)
    for offset, image in zip((-1, 0, 1), read_channels(tomogram, 3, 3, normalisation), strict=True):
        z = 3 + offset
        assert (image[padded[z]] == 0.0).all()
        numbers = ~padded[z] & np.isfinite(voxels[z])
        assert np.array_equal(image[numbers], normalisation.apply(voxels[z][numbers]))
    # A voxel that is no number becomes the median of the specimen, not of the padding.
    assert abs(read_channels(tomogram, 3, 1, normalisation)[0][30, 30]) < 0.1


def test_by_the_old_definition_they_see_the_padding(rng):
    voxels = rng.normal(100.0, 9.0, (7, 60, 70)).astype(np.float32)
    voxels[:, :20] = 0.0
    normalisation = Normalisation(100.0, 10.0)
    assert (read_channels(tomogram_of(voxels), 3, 1, normalisation)[0][:20] == -10.0).all()
