"""Centre and scale of a tomogram."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.datasets.normalisation import Normalisation, measure_normalisation
from tests.datasets.makers import tomogram_of


def test_of_normally_distributed_values_they_are_mean_and_standard_deviation(rng):
    voxels = rng.normal(120.0, 7.0, (40, 90, 80)).astype(np.float32)
    measured = measure_normalisation(tomogram_of(voxels))
    assert measured.centre == pytest.approx(120.0, abs=0.1)
    assert measured.scale == pytest.approx(7.0, rel=0.02)


def test_gold_beads_do_not_change_them(rng):
    voxels = rng.normal(0.0, 1.0, (20, 100, 100)).astype(np.float32)
    clean = measure_normalisation(tomogram_of(voxels))
    beads = voxels.copy()
    beads[:, 40:50, 40:50] = -1000.0
    with_beads = measure_normalisation(tomogram_of(beads))
    assert with_beads.centre == pytest.approx(clean.centre, abs=0.05)
    assert with_beads.scale == pytest.approx(clean.scale, rel=0.05)
    assert beads.std() > 50 * clean.scale


def test_values_of_a_bytes_volume_that_are_mostly_one_number_still_have_a_scale():
    voxels = np.full((8, 50, 50), 17, np.int8)
    voxels[:, :2] = 18
    measured = measure_normalisation(tomogram_of(voxels))
    assert measured.centre == 17
    assert measured.scale == pytest.approx(voxels.std())


def test_a_constant_volume_is_centred_and_not_divided_by_zero():
    assert measure_normalisation(tomogram_of(np.full((3, 9, 9), 5.0, np.float32))) == Normalisation(
        5.0, 1.0
    )


def test_the_same_for_any_affine_change_of_grey_values(rng):
    voxels = rng.normal(size=(10, 64, 64)).astype(np.float32)
    a, b = tomogram_of(voxels), tomogram_of(3.0 * voxels + 50.0)
    np.testing.assert_allclose(
        measure_normalisation(a).apply(a.slice(4)),
        measure_normalisation(b).apply(b.slice(4)),
        atol=1e-4,
    )
