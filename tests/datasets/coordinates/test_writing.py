"""What is written opens elsewhere, and comes back the same."""

from __future__ import annotations

import imodmodel
import numpy as np
import pandas as pd
import pytest
import starfile

from scseg.base.errors import ScsegError
from scseg.datasets.coordinates.grid import Grid
from scseg.datasets.coordinates.reading import read_coordinates
from scseg.datasets.coordinates.writing import Particles, Style, write_coordinates

GRID = Grid("TS 01", (101, 464, 463), (20.0, 13.92, 13.92))
OTHER = Grid("TS_02", (100, 200, 300), (10.0, 10.0, 10.0))


@pytest.fixture
def particles(rng):
    return Particles(GRID, rng.uniform(0, 100, (30, 3)), rng.uniform(0, 1, 30))


@pytest.fixture
def filaments(rng):
    along = rng.normal(size=(30, 3))
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    numbers = np.repeat([1, 2, 3], 10)
    return Particles(GRID, rng.uniform(0, 100, (30, 3)), rng.uniform(0, 1, 30), along, numbers)


@pytest.mark.parametrize("name", ["a.star", "a.txt", "a.csv", "a.mod"])
@pytest.mark.parametrize("star", ["relion5", "relion4", "warp"])
@pytest.mark.parametrize("kind", ["particles", "filaments"])
def test_there_and_back(tmp_path, request, name, star, kind):
    written = request.getfixturevalue(kind)
    write_coordinates(tmp_path / name, [written], Style(star))
    read = read_coordinates(tmp_path / name, GRID)
    np.testing.assert_allclose(read.positions, written.positions, atol=0.01)
    if name in ("a.star", "a.csv"):
        np.testing.assert_allclose(read.scores, written.scores, atol=1e-4)


def test_two_tomograms_in_one_file(tmp_path, particles, rng):
    other = Particles(OTHER, rng.uniform(0, 90, (20, 3)), np.ones(20))
    for name in ("a.star", "a.csv"):
        write_coordinates(tmp_path / name, [particles, other])
        for each in (particles, other):
            read = read_coordinates(tmp_path / name, each.grid).positions
            np.testing.assert_allclose(read, each.positions, atol=0.01)
    for name in ("a.txt", "a.mod"):
        with pytest.raises(ScsegError, match="cannot tell 2 tomograms apart"):
            write_coordinates(tmp_path / name, [particles, other])


def test_relion_opens_star_files(tmp_path, filaments):
    write_coordinates(tmp_path / "a.star", [filaments])
    table = starfile.read(tmp_path / "a.star", always_dict=True)["particles"]
    assert set(table.rlnTomoName) == {"TS 01"}
    assert table.rlnHelicalTubeID.tolist() == filaments.filaments.tolist()
    centred = (filaments.positions[:, 2] - 463 / 2) * 13.92
    np.testing.assert_allclose(table.rlnCenteredCoordinateXAngst, centred, atol=1e-4)
    np.testing.assert_array_equal(table.rlnAngleTilt, table.rlnAngleTiltPrior)


def test_relion4_and_warp(tmp_path, particles):
    write_coordinates(tmp_path / "a.star", [particles], Style("relion4", binning=4))
    table = starfile.read(tmp_path / "a.star")
    np.testing.assert_allclose(table.rlnCoordinateX, 4 * particles.positions[:, 2], atol=1e-4)
    write_coordinates(tmp_path / "a.star", [particles], Style("warp"))
    table = starfile.read(tmp_path / "a.star")
    assert set(table.rlnMicrographName) == {"TS 01.tomostar"}
    np.testing.assert_allclose(table.rlnCoordinateZ, particles.positions[:, 0], atol=1e-4)


def test_imod_opens_models(tmp_path, particles, filaments):
    write_coordinates(tmp_path / "a.mod", [particles], Style(radius=69.6))
    model = imodmodel.ImodModel.from_file(tmp_path / "a.mod")
    (thing,) = model.objects
    assert (model.header.xmax, model.header.ymax, model.header.zmax) == GRID.shape[::-1]
    assert thing.header.pdrawsize == 5
    assert len(thing.contours) == 1
    expected = particles.positions[:, ::-1] + [0.5, 0.5, 0]
    np.testing.assert_allclose(thing.contours[0].points, expected, atol=1e-4)
    write_coordinates(tmp_path / "a.mod", [filaments])
    table = imodmodel.read(tmp_path / "a.mod")
    assert table.contour_id.tolist() == (filaments.filaments - 1).tolist()


@pytest.mark.filterwarnings("ignore:The `dict` method:DeprecationWarning")
def test_models_that_imodmodel_writes_are_read(tmp_path, particles):
    xyz = particles.positions[:, ::-1] + [0.5, 0.5, 0]
    imodmodel.write(pd.DataFrame(xyz, columns=list("xyz")), tmp_path / "a.mod")
    read = read_coordinates(tmp_path / "a.mod", GRID).positions
    np.testing.assert_allclose(read, particles.positions, atol=1e-4)


@pytest.mark.parametrize("name", ["a.star", "a.csv", "a.txt", "a.mod"])
def test_equal_runs_give_equal_bytes_and_nothing_is_a_file_too(tmp_path, particles, name):
    write_coordinates(tmp_path / name, [particles])
    first = (tmp_path / name).read_bytes()
    write_coordinates(tmp_path / name, [particles])
    assert (tmp_path / name).read_bytes() == first
    write_coordinates(tmp_path / name, [Particles(GRID, np.empty((0, 3)), np.empty(0))])


def test_what_cannot_be_written(tmp_path, particles):
    with pytest.raises(ScsegError, match=r"no suffix of positions.*\.star"):
        write_coordinates(tmp_path / "a.xyz", [particles])
    unknown = Particles(Grid("t", (9, 9, 9), None), particles.positions, particles.scores)
    with pytest.raises(ScsegError, match="voxel size"):
        write_coordinates(tmp_path / "a.star", [unknown])
