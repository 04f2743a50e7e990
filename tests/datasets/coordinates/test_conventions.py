"""Each convention, against the formulas of other programs written down anew, and there and back."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from scseg.datasets.coordinates import conventions
from scseg.datasets.coordinates.grid import Grid

EVEN = Grid("t", (100, 464, 464), (13.92, 13.92, 13.92))
ODD = Grid("t", (101, 463, 465), (20.0, 13.92, 13.92))
BINNING = 4.0


@pytest.fixture
def positions(rng):
    return rng.uniform(-0.5, 99.5, (50, 3))


def relion5_pixels(centred, size, pixel):
    """Return RELION's own pixels: ParticleSet::getParticleCoordDecenteredPixel, TomogramSet::loadTomogram."""
    return centred / pixel + np.array(size) / 2.0


def pytom_relion5(xyz, shape_xyz, voxel):
    """Return what pytom-match-pick writes for RELION 5: (position - dims / 2) * voxel size."""
    return (xyz - np.array(shape_xyz) / 2) * voxel


def warp_angstroms(pixels, coords_angpix):
    """Return WarpTools' ts_export_particles: pixels times --coords_angpix, from the first voxel's middle."""
    return pixels * coords_angpix


def dynamo2m_pixels(table_xyz):
    """Return what dynamo2m hands to Warp: the table's numbers, unchanged."""
    return table_xyz


def three_dmod_voxel(point):
    """Return the voxel that 3dmod finds a point in: x and y from its corner, z from a section's middle."""
    return np.floor(point + np.array([0, 0, 0.5]))


def mattomo_index(point):
    """Return PEET's MatTomo index, from 1: the first voxel is at (0.5, 0.5, 0)."""
    return point + np.array([0.5, 0.5, 1.0])


@pytest.mark.parametrize("grid", [EVEN, ODD])
def test_relion5_finds_particles_where_they_are(positions, grid):
    centred = conventions.to_relion5(positions, grid)
    xyz, shape = positions[:, ::-1], grid.shape[::-1]
    np.testing.assert_allclose(centred, pytom_relion5(xyz, shape, grid.voxel_size[::-1]))
    # RELION counts pixels of the tilt series that the tomogram is binned against.
    pixel = np.array(grid.voxel_size[::-1]) / BINNING
    found = relion5_pixels(centred, np.array(shape) * BINNING, pixel)
    np.testing.assert_allclose(found, xyz * BINNING, atol=1e-9)
    np.testing.assert_allclose(conventions.from_relion5(centred, grid), positions, atol=1e-9)


def test_relions_own_picker_is_a_pixel_of_the_tilt_series_off():
    """get_particle_poses takes the middle to be at N / 2 - 1; extraction, which counts, at N / 2."""
    place = np.array([[10.0, 20.0, 30.0]])
    pixel, size = 13.92 / BINNING, np.array(EVEN.shape[::-1]) * BINNING
    picker = place[:, ::-1] * BINNING * pixel - (size / 2 - 1) * pixel
    np.testing.assert_allclose(picker - conventions.to_relion5(place, EVEN), pixel)


def test_pixels_of_tilt_series_and_tomogram(positions):
    xyz = positions[:, ::-1]
    np.testing.assert_allclose(conventions.to_pixels(positions, BINNING), xyz * BINNING)
    in_warp = warp_angstroms(conventions.to_pixels(positions), 13.92)
    np.testing.assert_allclose(in_warp / (13.92 / BINNING), xyz * BINNING)
    for binning in (1.0, BINNING):
        there = conventions.to_pixels(positions, binning)
        np.testing.assert_allclose(conventions.from_pixels(there, binning), positions, atol=1e-9)


def test_imod_has_the_first_voxel_at_a_half_a_half_and_zero(positions):
    first = np.zeros((1, 3))
    np.testing.assert_array_equal(conventions.to_imod(first), [[0.5, 0.5, 0]])
    np.testing.assert_array_equal(mattomo_index(conventions.to_imod(first)), [[1, 1, 1]])
    whole = np.rint(positions)
    np.testing.assert_array_equal(three_dmod_voxel(conventions.to_imod(whole)), whole[:, ::-1])
    np.testing.assert_allclose(
        conventions.from_imod(conventions.to_imod(positions)), positions, atol=1e-9
    )


def test_dynamo_counts_from_the_corner_of_the_first_voxel():
    # Its pixel [1, 1, 1] covers the coordinates 0 to 1: the middle is at 0.5.
    np.testing.assert_array_equal(conventions.from_dynamo(np.full((1, 3), 0.5)), np.zeros((1, 3)))
    # dynamo2m leaves out this half.
    table = np.array([[10.0, 20.0, 30.0]])
    warp = conventions.from_pixels(dynamo2m_pixels(table))
    np.testing.assert_array_equal(warp - conventions.from_dynamo(table), np.full((1, 3), 0.5))


def test_angles_turn_the_axis_of_a_particle_into_the_direction(rng):
    directions = rng.normal(size=(40, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    directions[:2] = [1, 0, 0], [-1, 0, 0]
    tilt, psi = conventions.relion_angles(directions).T
    angles = np.stack([np.zeros(40), tilt, psi], axis=1)
    axes = conventions.relion_matrices(angles)[:, :, 2]
    np.testing.assert_allclose(axes, directions[:, ::-1], atol=1e-9)


def test_matrices_are_those_of_scipy(rng):
    angles = rng.uniform(-180, 180, (10, 3))
    theirs = Rotation.from_euler("ZYZ", angles, degrees=True).inv().as_matrix()
    np.testing.assert_allclose(conventions.relion_matrices(angles), theirs, atol=1e-9)
