"""Measurements against the formulas of bodies, also where voxels are no cubes."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy import ndimage

from scseg.base.errors import CancelledError
from scseg.objects.components import find_objects, named_objects, objects_of
from scseg.objects.measuring import OtherFeature, measure, write_table
from tests.objects.shapes import (
    ball,
    endless_rod,
    endless_slab,
    measured,
    rod,
    torus,
)

PI = np.pi
SIZES = [(1.0, 1.0, 1.0), (2.0, 1.0, 1.0), (0.7, 1.0, 1.0)]
"""nm, (z, y, x)."""
VOLUME, AREA, CURVATURE, THICKNESS_NM = 0.02, 0.03, 0.1, 0.3


def radius_for(voxel_size):
    """Return the radius that has ten voxels along every axis."""
    return 10 * max(voxel_size)


@pytest.mark.parametrize("size", SIZES)
def test_balls(size):
    r = radius_for(size)
    row = measured(ball(r, size), size)
    assert row.volume_nm3 == pytest.approx(4 / 3 * PI * r**3, rel=VOLUME)
    assert row.area_nm2 == pytest.approx(4 * PI * r**2, rel=AREA)
    assert row.mean_curvature_per_nm == pytest.approx(1 / r, rel=CURVATURE)
    assert row.thickness_nm == pytest.approx(2 * r, abs=THICKNESS_NM)
    assert row.length_nm == pytest.approx(2 * r, rel=0.03)
    assert not row.at_border


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("axis", [0, 2])
def test_tubes(size, axis):
    r = radius_for(size)
    length = 10 * r
    row = measured(rod(r, length, axis, size), size)
    assert row.volume_nm3 == pytest.approx(PI * r**2 * length, rel=VOLUME)
    assert row.area_nm2 == pytest.approx(2 * PI * r * (length + r), rel=AREA)
    assert row.thickness_nm == pytest.approx(2 * r, abs=THICKNESS_NM)
    assert row.length_nm == pytest.approx(length, rel=0.02)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("axis", [0, 2])
def test_tubes_that_leave_the_volume_have_no_surface_there(size, axis):
    r = radius_for(size)
    mask = endless_rod(r, 8 * r, axis, size)
    row = measured(mask, size)
    length = mask.shape[axis] * size[axis]
    # The surface goes from the middle of the first voxel to that of the last.
    assert row.area_nm2 == pytest.approx(2 * PI * r * (length - size[axis]), rel=AREA)
    assert row.mean_curvature_per_nm == pytest.approx(1 / (2 * r), rel=CURVATURE)
    assert row.thickness_nm == pytest.approx(2 * r, abs=THICKNESS_NM)
    assert row.length_nm == pytest.approx(length, rel=0.02)
    assert row.at_border


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tilt", [0.0, 0.6])
def test_tori(size, tilt):
    r = radius_for(size)
    ring = 3 * r
    row = measured(torus(ring, r, tilt, size), size)
    assert row.volume_nm3 == pytest.approx(2 * PI**2 * ring * r**2, rel=VOLUME)
    assert row.area_nm2 == pytest.approx(4 * PI**2 * ring * r, rel=AREA)
    assert row.mean_curvature_per_nm == pytest.approx(1 / (2 * r), rel=CURVATURE)
    assert row.thickness_nm == pytest.approx(2 * r, abs=THICKNESS_NM)
    assert row.length_nm == pytest.approx(2 * PI * ring, rel=0.03)


@pytest.mark.parametrize("size", SIZES[:2])
@pytest.mark.parametrize("tilt", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("voxels", [4, 10, 20])
def test_slabs(size, tilt, voxels):
    thickness = voxels * max(size)
    row = measured(endless_slab(thickness, tilt, size), size)
    assert row.thickness_nm == pytest.approx(thickness, abs=THICKNESS_NM)
    assert row.mean_curvature_per_nm == pytest.approx(0, abs=0.005)


@pytest.mark.parametrize("size", SIZES[:2])
def test_a_slab_with_rims(size):
    t = 10 * max(size)
    shape = [round((4 * t) / size[0]), 120, 140]
    mask = np.zeros(shape, bool)
    middle = shape[0] // 2
    mask[middle - 5 : middle + 5, 10:110, 10:130] = True
    row = measured(mask, size)
    t = 10 * size[0]
    assert row.volume_nm3 == pytest.approx(t * 100 * 120, rel=1e-6)
    assert row.area_nm2 == pytest.approx(2 * (100 * 120 + 220 * t), rel=AREA)
    assert row.thickness_nm == pytest.approx(t, abs=THICKNESS_NM)
    assert row.length_nm == pytest.approx(np.hypot(100, 120), rel=0.05)


def test_a_shell_bulges_inwards_as_much_as_outwards():
    outer, inner = ball(30, (1, 1, 1)), ball(25, (1, 1, 1))
    spare = (outer.shape[0] - inner.shape[0]) // 2
    mask = outer.copy()
    mask[spare:-spare, spare:-spare, spare:-spare] &= ~inner
    row = measured(mask, (1, 1, 1))
    assert row.thickness_nm == pytest.approx(5, abs=THICKNESS_NM)
    expected = (4 * PI * 30 - 4 * PI * 25) / (4 * PI * (30**2 + 25**2))
    assert row.mean_curvature_per_nm == pytest.approx(expected, abs=0.002)


def test_the_way_to_another_feature():
    mask, other = np.zeros((2, 30, 40, 60), bool)
    mask[10:20, 10:20, 10:20] = True
    mask[10:20, 10:20, 40:45] = True
    mask[3:5, 30:32, 50:52] = True
    other[8:22, 8:22, 25:30] = True
    other[3, 30, 50] = True
    objects = find_objects(mask, (20.0, 10.0, 10.0))
    rows = list(measure(objects, objects.kept(), OtherFeature(other, (20.0, 10.0, 10.0))))
    # Faces lie between voxels: 5 and 10 voxels of 1 nm apart; the last has a voxel in common.
    assert [row.nearest_nm for row in sorted(rows, key=lambda row: row.x)] == [
        pytest.approx(5, abs=0.3),
        pytest.approx(10, abs=0.3),
        0,
    ]
    empty = OtherFeature(np.zeros_like(other), (20.0, 10.0, 10.0))
    assert all(row.nearest_nm is None for row in measure(objects, objects.kept(), empty))


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 3, 3), (2, 2, 2), (40, 1, 1)])
def test_the_smallest_objects_have_a_volume_at_least(shape):
    labels = np.zeros((50, 20, 20), np.uint8)
    labels[3 : 3 + shape[0], 3 : 3 + shape[1], 3 : 3 + shape[2]] = 1
    objects = objects_of(labels, (10.0, 10.0, 10.0))
    (row,) = measure(objects, objects.kept())
    assert row.volume_nm3 == np.prod(shape)
    assert np.isfinite([row.area_nm2, row.length_nm, row.thickness_nm]).all()


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 3, 3)])
def test_what_fills_the_volume_has_no_surface(shape):
    objects = objects_of(np.ones(shape, np.uint8), (10.0, 10.0, 10.0))
    (row,) = measure(objects, objects.kept())
    assert row.area_nm2 == 0
    assert row.at_border


def test_a_table(tmp_path):
    labels = np.zeros((9, 9, 9), np.uint8)
    labels[2:5, 2:5, 2:5] = 1
    labels[6:8, 6:8, 6:8] = 3
    objects = objects_of(labels, (10.0, 10.0, 10.0))
    rows = [("a, b.mrc", row) for row in measure(objects, objects.kept())]
    write_table(tmp_path / "t.csv", rows)
    with (tmp_path / "t.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0])[:7] == [
        "volume",
        "label",
        "volume_nm3",
        "area_nm2",
        "length_nm",
        "thickness_nm",
        "mean_curvature_per_nm",
    ]
    assert [row["label"] for row in table] == ["1", "3"]
    assert [row["volume"] for row in table] == ["a, b.mrc"] * 2
    assert [float(row["x"]) for row in table] == [3, 6.5]


def test_labels_may_be_any_numbers():
    labels = np.zeros((9, 10, 11), np.int32)
    labels[2:5, 2:5, 2:5] = 2**24
    labels[6:8, 6:8, 6:8] = 700
    objects = named_objects(labels, (10.0, 10.0, 10.0))
    rows = list(measure(objects, objects.kept()))
    assert [(row.label, row.volume_nm3, row.x) for row in rows] == [
        (700, 8, 6.5),
        (2**24, 27, 3),
    ]


def test_measuring_can_be_stopped():
    objects = objects_of(np.ones((3, 3, 3), np.uint8), (1.0, 1.0, 1.0))

    def stop(_fraction, _text):
        raise CancelledError("x")

    with pytest.raises(CancelledError):
        list(measure(objects, objects.kept(), report=stop))


@pytest.mark.parametrize("size", SIZES)
def test_specks_of_any_form_are_measured_in_numbers(rng, size):
    noise = ndimage.gaussian_filter(rng.normal(size=(20, 48, 48)), 1.2)
    objects = find_objects(noise > np.percentile(noise, 85), tuple(10 * each for each in size))
    rows = list(measure(objects, objects.kept()))
    assert len(rows) > 50
    for row in rows:
        assert np.isfinite([row.volume_nm3, row.area_nm2, row.length_nm, row.thickness_nm]).all()
