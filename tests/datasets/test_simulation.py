"""Varied simulated tomograms: repeatable, truly labelled, and apart from those that are held out."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from scseg.base.labels import IGNORE
from scseg.datasets.demo.places import LABELS
from scseg.datasets.demo.simulate import Specimen, simulate
from scseg.datasets.simulation.boxes import FEATURES, decoded, simulated_boxes
from scseg.datasets.simulation.settings import HELD_OUT, SEEN, Amounts, drawn
from scseg.datasets.simulation.simulated import simulated
from scseg.datasets.simulation.specimen import OTHERS

SHAPE = (28, 112, 112)
EVERYTHING = Amounts(1.0, 6.0, 0.5, 1, 2, 1.0, carbon=True, gold=1.0, ice=1)

DEMO_LABELS = [11761, 45794, 1474, 27377]
DEMO_VOXELS = [
    143.591,
    169.803,
    179.202,
    188.7,
    152.4,
    139.717,
    159.707,
    151.699,
    152.146,
    161.139,
    168.203,
    153.91,
    141.579,
    135.236,
    170.386,
    157.242,
    167.705,
    169.747,
    168.625,
    173.491,
    140.702,
    151.618,
    170.748,
    163.912,
    151.978,
    165.634,
    163.445,
    164.649,
    150.61,
    140.28,
    154.488,
    151.514,
    165.771,
    173.354,
    158.619,
    147.596,
    150.358,
    155.029,
    187.733,
    163.309,
    159.143,
    150.022,
    154.154,
    167.62,
    155.196,
    157.48,
    162.825,
    150.79,
    157.196,
    172.601,
    162.545,
    172.633,
    138.065,
    170.488,
    170.639,
    172.613,
    143.856,
    181.705,
    163.636,
    156.961,
    141.78,
    161.025,
    165.031,
    140.696,
    142.62,
    170.497,
    165.691,
    180.225,
    144.043,
    181.05,
    178.314,
    168.341,
    150.617,
    162.595,
    161.148,
    159.004,
    169.316,
    116.448,
    148.206,
    174.597,
]


@pytest.fixture(scope="module")
def settings():
    plain = drawn(3, SEEN, SHAPE)
    finish = replace(plain.finish, inverted=False, padded=8, steps=0)
    return replace(plain, apix=14.0, amounts=EVERYTHING, finish=finish)


@pytest.fixture(scope="module")
def tomogram(settings):
    return simulated(settings)


def test_the_demo_is_what_it_was_before_there_were_others():
    """Counted and measured when the demo was the only simulation; other processors may round otherwise."""
    demo = simulate(Specimen((24, 96, 112), 13.92, 5))
    found = [int(demo.labels[name].sum()) for name in LABELS]
    assert found == DEMO_LABELS
    assert demo.tomogram[::5, ::31, ::37].ravel() == pytest.approx(DEMO_VOXELS, abs=0.01)


def test_equal_settings_make_equal_tomograms(settings, tomogram):
    again = simulated(settings)
    assert np.array_equal(again.tomogram, tomogram.tomogram)
    assert all(np.array_equal(again.labels[name], tomogram.labels[name]) for name in LABELS)
    assert not np.array_equal(simulated(replace(settings, seed=4)).tomogram, tomogram.tomogram)


def test_all_that_is_asked_for_is_there_and_labelled(tomogram):
    assert tomogram.tomogram.shape == SHAPE
    for name in LABELS:
        assert set(np.unique(tomogram.labels[name])) == {0, 1}


def test_labels_of_filaments_and_gold_change_no_voxel(settings):
    settings = replace(settings, amounts=replace(settings.amounts, gold=8.0))
    labelled = simulated(settings, others=True)
    assert np.array_equal(labelled.tomogram, simulated(settings).tomogram)
    assert set(labelled.labels) == {*LABELS, *OTHERS}
    assert all(labelled.labels[name].any() for name in OTHERS)


def test_dense_matter_is_dark_unless_it_is_inverted(settings, tomogram):
    bright = simulated(replace(settings, finish=replace(settings.finish, inverted=True)))
    seen = ~tomogram.padding & (tomogram.labels["Carbon"] > 0)
    for each, sign in ((tomogram, -1), (bright, 1)):
        assert sign * (each.tomogram[seen].mean() - np.median(each.tomogram)) > 0


def test_padding_has_one_value_and_lies_around_the_rest(tomogram):
    assert np.ptp(tomogram.tomogram[:, tomogram.padding]) == 0
    assert tomogram.padding[0].all()
    assert not tomogram.padding[56, 56]


def test_what_is_held_out_lies_outside_of_all_that_starters_see():
    """Each in optics and specimen alike: tilts, defocus, noise, membranes, crowd."""
    apart = {"defocus", "largest", "counting", "leaflets", "crowd"}
    for field in fields(SEEN):
        (low, high), (low_out, high_out) = getattr(SEEN, field.name), getattr(HELD_OUT, field.name)
        assert (high < low_out or high_out < low) == (field.name in apart)


@pytest.mark.parametrize("ranges", [SEEN, HELD_OUT])
def test_settings_stay_within_their_ranges(ranges):
    for seed in range(50):
        settings = drawn(seed, ranges)
        optics = settings.imaging.microscope.defocus / 1e4, settings.imaging.series.largest
        for value, (low, high) in zip(
            (settings.apix, *optics, settings.bilayer.leaflets, settings.amounts.crowd),
            (ranges.apix, ranges.defocus, ranges.largest, ranges.leaflets, ranges.crowd),
            strict=True,
        ):
            assert low <= value <= high


def test_boxes_are_normalised_and_hold_every_feature(settings):
    boxes = simulated_boxes(settings, 40, 32)
    assert boxes.images.shape == (40, 1, 32, 32)
    labels = decoded(boxes.codes)
    assert labels.shape == (40, 32, 32, len(FEATURES))
    assert all((labels[..., number] == 1).any() for number in range(len(FEATURES)))
    assert abs(float(np.median(boxes.images.astype(np.float32)))) < 1
    ignored = (labels == IGNORE).all(axis=-1)
    assert 0 < ignored.mean() < 0.5
    assert np.ptp(boxes.images[:, 0][ignored]) == 0


def test_hidden_membrane_is_ignored_as_membrane_alone():
    labels = decoded(np.array([16, 17, 48, 16 + 15, IGNORE], np.uint8))
    assert labels.tolist() == [[0, 0, 0, 0], [1, 0, 0, 0], [2, 0, 0, 0], [1, 1, 1, 1], [2, 2, 2, 2]]
