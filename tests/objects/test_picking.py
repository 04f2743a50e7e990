"""Particles and filaments that are where they are known to be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.optimize import linear_sum_assignment
from scipy.spatial import KDTree

from scseg.base.errors import CancelledError, ScsegError
from scseg.objects import peaks
from scseg.objects.feature_volume import read_feature
from scseg.objects.picking import PickSettings, pick, typical_diameter
from scseg.objects.picks import Picks, apart, within
from tests.datasets.makers import tomogram_of

APIX = 10.0


@pytest.fixture
def feature_of(monkeypatch):
    """Return what makes a feature of an array of scores or a mask, which is in no file."""
    monkeypatch.setattr("scseg.objects.feature_volume.own_content", lambda _volume: None)

    def made(voxels, size=(APIX, APIX, APIX)):
        volume = replace(tomogram_of(voxels), voxel_size=size, path=Path("t.mrc"))
        return read_feature(volume)

    return made


def balls(places, radius, shape, size=(1.0, 1.0, 1.0)):
    grid = np.moveaxis(np.indices(shape), 0, -1) * np.asarray(size)
    far, _ = KDTree(np.asarray(places) * np.asarray(size)).query(grid)
    return (far <= radius).astype(np.uint8)


def matched(found, true, within_voxels):
    apart = np.linalg.norm(found[:, None] - true[None], axis=2)
    pairs = linear_sum_assignment(np.where(apart <= within_voxels, apart, 1e6))
    return int((apart[pairs] <= within_voxels).sum())


PLACES = np.array(
    [[0, 20, 20], [20, 20, 45], [20, 45, 20.4], [39, 45, 45], [20.3, 0, 69], [12, 60, 60]]
)


def test_no_particle_is_lost_at_the_first_or_last_slice(feature_of):
    feature = feature_of(balls(PLACES, 6, (40, 70, 70)))
    picks = pick(feature, PickSettings(diameter=120))
    assert len(picks) == len(PLACES)
    assert matched(picks.positions, PLACES, 0.5) == len(PLACES)
    assert (np.diff(picks.scores) <= 0).all()


def test_particles_are_found_between_voxels(feature_of):
    places = np.array([[20.25, 20.5, 20.75], [20.5, 45.3, 45.1]])
    grid = np.moveaxis(np.indices((40, 70, 70)), 0, -1)
    scores = sum(np.exp(-(((grid - place) / 5) ** 2).sum(-1) / 2) for place in places)
    scores = (scores + 0.001).clip(0, 0.99).astype(np.float32)
    picks = pick(feature_of(scores), PickSettings(diameter=100))
    assert matched(picks.positions, places, 0.05) == 2


def test_voxels_that_are_no_cubes(feature_of):
    places = np.array([[10, 20, 20], [10, 20, 45], [20, 45, 20]])
    feature = feature_of(balls(places, 6, (30, 70, 70), (2.0, 1.0, 1.0)), (20.0, 10.0, 10.0))
    picks = pick(feature, PickSettings(diameter=120))
    assert matched(picks.positions, places, 0.3) == len(picks) == 3


def test_picks_do_not_depend_on_the_slabs(feature_of, rng, monkeypatch):
    scores = gaussian_filter(rng.random((50, 40, 40)), 2)
    scores = ((scores - scores.min()) / np.ptp(scores)).astype(np.float32)
    feature = feature_of(scores)
    found = []
    for slab in (1, 7, 50):
        monkeypatch.setattr(peaks, "_SLAB", slab)
        found.append(pick(feature, PickSettings(diameter=60, spacing=0)))
    for other in found[1:]:
        np.testing.assert_allclose(other.positions, found[0].positions, atol=1e-4)
    # They are the peaks of the volume smoothed as a whole.
    smooth = gaussian_filter(scores, 1, mode="reflect")
    highest = np.max(
        [
            np.pad(smooth, 1, mode="edge")[a : a + 50, b : b + 40, c : c + 40]
            for a, b, c in np.ndindex(3, 3, 3)
        ],
        axis=0,
    )
    assert len(found[0]) == ((smooth == highest) & (smooth >= feature.threshold)).sum() > 10


def test_spacing_and_margin():
    size = (20.0, 10.0, 10.0)
    picks = Picks(
        np.array([[5.0, 5, 5], [5, 5, 8], [6, 5, 5], [5, 5, 12]]), np.array([0.5, 0.9, 0.7, 0.6])
    )
    left = apart(picks, 40, size)
    np.testing.assert_array_equal(left.positions, [[5, 5, 8], [5, 5, 12]])
    assert len(apart(picks, 30, size)) == 3
    # The middle of voxel 5 of 20 A is at 110 A.
    assert len(within(picks, (11, 20, 20), 100, size)) == 0
    assert len(within(picks, (20, 20, 20), 50, size)) == 4
    assert len(within(picks, (20, 20, 20), 56, size)) == 0
    assert len(within(picks, (20, 20, 13), 50, size)) == 2


def test_centres_of_objects(feature_of):
    mask = balls([[20, 20, 20], [20, 20, 36], [20, 50, 50]], 9, (40, 70, 70))
    mask[5, 5, 5] = 1
    picks = pick(feature_of(mask), PickSettings("centres", split=True, smallest_nm3=10))
    expected = np.array([[20, 20, 20], [20, 20, 36], [20, 50, 50]])
    assert matched(picks.positions, expected, 0.8) == len(picks) == 3
    np.testing.assert_array_equal(picks.scores, 1)


def test_the_typical_particle_and_no_dust_gives_the_diameter():
    mask = balls([[20, 20, 20], [20, 20, 45], [20, 50, 50]], 9, (40, 70, 70)).astype(bool)
    mask[::6, ::6, ::6] = True
    assert typical_diameter(mask, (10.0,) * 3) == pytest.approx(180, rel=0.03)


def test_nothing_is_found_in_nothing(feature_of):
    voxels = np.zeros((9, 9, 9), np.uint8)
    for method in ("peaks", "centres", "filaments"):
        assert len(pick(feature_of(voxels), PickSettings(method, diameter=50))) == 0
    assert len(pick(feature_of(voxels), PickSettings())) == 0


def test_what_has_to_be_said(feature_of):
    voxels = np.zeros((3, 3, 3), np.uint8)
    with pytest.raises(ScsegError, match="--diameter"):
        pick(feature_of(voxels), PickSettings("filaments"))
    with pytest.raises(ScsegError, match="--tomogram-apix"):
        pick(feature_of(voxels, None), PickSettings())


def test_picking_can_be_stopped(feature_of):
    feature = feature_of(balls(PLACES, 6, (40, 70, 70)))

    def stop(_fraction, text):
        if text.startswith(("Smoothing", "Filament", "Scoring")):
            raise CancelledError(text)

    for method in ("peaks", "centres", "filaments"):
        with pytest.raises(CancelledError):
            pick(feature, PickSettings(method, diameter=120), stop)


def tube(path, radius, shape, size=(1.0, 1.0, 1.0)):
    """Return a mask around a path (in the unit of the voxel size)."""
    grid = np.moveaxis(np.indices(shape), 0, -1) * np.asarray(size)
    return (KDTree(path).query(grid)[0] <= radius).astype(np.uint8)


def off_axis(picks, path, size=(1.0, 1.0, 1.0)):
    """Return how far picks are from a path, across it, and how their directions differ in degrees."""
    tree = KDTree(path)
    _, nearest = tree.query(picks.positions * np.asarray(size))
    along = np.gradient(path, axis=0)[nearest]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    offset = picks.positions * np.asarray(size) - path[nearest]
    across = offset - (offset * along).sum(axis=1, keepdims=True) * along
    cosine = np.abs((picks.directions * along).sum(axis=1)).clip(0, 1)
    return np.linalg.norm(across, axis=1), np.degrees(np.arccos(cosine))


STEPS = np.linspace(0, 1, 2000)[:, None]
LINES = {
    "along x": np.hstack([20 + 0 * STEPS, 25 + 0 * STEPS, 10 + 100 * STEPS]),
    "askew through faces": np.hstack([-20 + 80 * STEPS, -10 + 70 * STEPS, -30 + 180 * STEPS]),
    "cut lengthwise": np.hstack([-2 + 8 * STEPS, 25 + 3 * STEPS, -30 + 180 * STEPS]),
    "bent": np.hstack([20 + 0 * STEPS, 25 + 8 * np.sin(3 * STEPS), 10 + 100 * STEPS]),
}


@pytest.mark.parametrize("line", LINES)
def test_filaments(feature_of, line):
    path = LINES[line]
    picks = pick(feature_of(tube(path, 8, (40, 50, 120))), PickSettings("filaments", 160.0, 50.0))
    across, degrees = off_axis(picks, path)
    assert across.max() < 1
    assert degrees.max() < 5
    assert set(picks.filaments) == {1}
    steps = np.linalg.norm(np.diff(picks.positions, axis=0), axis=1)
    np.testing.assert_allclose(steps, 5, rtol=0.02)
    inside = path[((path > -0.5) & (path < np.array([40, 50, 120]) - 0.5)).all(axis=1)]
    assert KDTree(picks.positions).query(inside)[0].max() < 6


def test_filaments_of_voxels_that_are_no_cubes(feature_of):
    size = (20.0, 10.0, 10.0)
    path = LINES["bent"] * [10, 10, 10]
    voxels = tube(path, 80, (20, 50, 120), size)
    picks = pick(feature_of(voxels, size), PickSettings("filaments", 160.0, 50.0))
    across, degrees = off_axis(picks, path, size)
    assert across.max() < 10
    assert degrees.max() < 5


def test_filaments_that_cross_go_straight_on(feature_of):
    first = np.hstack([20 + 0 * STEPS, 10 + 70 * STEPS, 20 + 90 * STEPS])
    second = np.hstack([20 + 0 * STEPS, 80 - 70 * STEPS, 20 + 90 * STEPS])
    mask = tube(np.concatenate([first, second]), 7, (40, 90, 130))
    picks = pick(feature_of(mask), PickSettings("filaments", 140.0, 40.0))
    assert set(picks.filaments) == {1, 2}
    for number in (1, 2):
        one = picks.subset(picks.filaments == number)
        ends = one.positions[-1] - one.positions[0]
        assert np.linalg.norm(ends) > 95
        across = min(off_axis(one, path)[0].max() for path in (first, second))
        assert across < 3


def test_rings_are_filaments_without_ends(feature_of):
    angle = 2 * np.pi * STEPS
    path = np.hstack([20 + 0 * angle, 50 + 35 * np.sin(angle), 50 + 35 * np.cos(angle)])
    picks = pick(feature_of(tube(path, 6, (40, 100, 100))), PickSettings("filaments", 120.0, 40.0))
    around = np.degrees(np.arctan2(picks.positions[:, 1] - 50, picks.positions[:, 2] - 50))
    assert np.diff(np.sort(around)).max() < 15
    radii = np.hypot(picks.positions[:, 1] - 50, picks.positions[:, 2] - 50)
    np.testing.assert_allclose(radii, 35, atol=1)
