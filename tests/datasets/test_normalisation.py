"""Centre and scale of a tomogram."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.datasets.demo.simulate import Specimen, simulate
from scseg.datasets.normalisation import (
    DEFINITION,
    WITH_PADDING,
    Normalisation,
    measure_normalisation,
)
from scseg.datasets.tomogram import open_tomogram
from tests.datasets.makers import tomogram_of
from tests.datasets.paddings import KINDS, outside


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


@pytest.mark.parametrize("value", [0.0, 120.0, np.nan])
@pytest.mark.parametrize("fraction", [0.05, 0.17, 0.35, 0.6])
@pytest.mark.parametrize("kind", KINDS)
def test_padding_is_left_out(rng, kind, fraction, value):
    voxels = rng.normal(120.0, 7.0, (20, 90, 80)).astype(np.float32)
    clean = measure_normalisation(tomogram_of(voxels))
    voxels[:, outside(kind, fraction, 90, 80)] = value
    measured = measure_normalisation(tomogram_of(voxels))
    assert measured.padded
    assert measured.centre == pytest.approx(clean.centre, abs=0.15)
    assert measured.scale == pytest.approx(clean.scale, rel=0.02)


def test_slices_of_nothing_else_are_padding_too(rng):
    voxels = rng.normal(120.0, 7.0, (20, 90, 80)).astype(np.float32)
    voxels[:6] = voxels[-4:] = 0.0
    assert measure_normalisation(tomogram_of(voxels)).centre == pytest.approx(120.0, abs=0.15)


def test_the_old_definition_takes_padding_for_specimen(rng):
    voxels = rng.normal(120.0, 7.0, (20, 90, 80)).astype(np.float32)
    voxels[:, :45] = 0.0
    measured = measure_normalisation(tomogram_of(voxels), WITH_PADDING)
    chosen = np.unique(np.linspace(0, 19, 16).round().astype(int))
    low, centre, high = np.quantile(voxels[chosen], [0.158655, 0.5, 0.841345])
    assert measured == Normalisation(centre, (high - low) / 2)


@pytest.mark.parametrize("dtype", [np.float32, np.int8])
def test_without_padding_both_definitions_are_the_same_to_the_bit(rng, dtype):
    voxels = rng.normal(10.0, 7.0, (20, 310, 300)).astype(dtype)
    if dtype == np.float32:
        voxels[3:, 100, ::7] = np.nan
    tomogram = tomogram_of(voxels)
    assert measure_normalisation(tomogram, DEFINITION) == measure_normalisation(
        tomogram, WITH_PADDING
    )


def test_so_they_are_of_the_demo_tomogram():
    tomogram = tomogram_of(simulate(Specimen(shape=(8, 128, 160))).tomogram)
    assert measure_normalisation(tomogram, DEFINITION) == measure_normalisation(
        tomogram, WITH_PADDING
    )


def test_and_of_a_real_one(real_tomogram):
    tomogram = open_tomogram(real_tomogram)
    assert measure_normalisation(tomogram, DEFINITION) == measure_normalisation(
        tomogram, WITH_PADDING
    )
    for z in range(tomogram.shape[0]):
        assert tomogram.slice_with_padding(z)[1] is None


def test_a_mask_has_no_padding():
    voxels = np.zeros((5, 60, 60), np.int8)
    voxels[:, 20:30, 20:40] = 1
    assert not measure_normalisation(tomogram_of(voxels)).padded
