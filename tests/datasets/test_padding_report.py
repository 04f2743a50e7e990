"""What padding a whole tomogram has, as it is told."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.datasets.normalisation import measure_normalisation
from scseg.datasets.padding_report import padding_in
from tests.datasets.makers import tomogram_of
from tests.datasets.paddings import KINDS, outside


@pytest.mark.parametrize("value", [0.0, 100.0, -5.0, np.nan])
@pytest.mark.parametrize("kind", KINDS)
def test_part_and_value_are_those_that_were_put_there(rng, kind, value):
    voxels = rng.normal(100.0, 9.0, (5, 200, 180)).astype(np.float32)
    where = outside(kind, 0.3, 200, 180)
    voxels[:, where] = value
    tomogram = tomogram_of(voxels)
    found = padding_in(tomogram)
    assert found.part == pytest.approx(where.mean(), abs=0.002)
    assert found.values == ((None if np.isnan(value) else value),)
    assert measure_normalisation(tomogram).padded


def test_all_values_are_told(rng):
    voxels = rng.normal(100.0, 9.0, (2, 200, 180)).astype(np.float32)
    voxels[:, :40], voxels[:, 170:] = 0.0, 7.5
    found = padding_in(tomogram_of(voxels))
    assert (found.part, found.values) == (pytest.approx(0.35), (0.0, 7.5))


@pytest.mark.parametrize("mask", [False, True])
def test_noise_and_masks_have_none(rng, mask):
    voxels = rng.normal(100.0, 9.0, (2, 200, 180)).astype(np.float32)
    if mask:
        voxels = np.zeros_like(voxels)
        voxels[:, 50:90, 60:100] = 1
    assert padding_in(tomogram_of(voxels)) is None
