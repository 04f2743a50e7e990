"""Positions in files of other programs, as they write them."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.datasets.coordinates.grid import Grid, tomogram_name
from scseg.datasets.coordinates.reading import read_coordinates

GRID = Grid("TS_01", (100, 464, 464), (13.92, 13.92, 13.92))
UNKNOWN = Grid("TS_01", (100, 464, 464), None)


def read(tmp_path, name, text, grid=GRID):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_coordinates(tmp_path / name, grid)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "x,y,z\n1,2,3\n4,5,6\n"),
        ("a.csv", "id,z,y,x,score\n7,3,2,1,0.5\n8,6,5,4,0.4\n"),
        ("a.tsv", "Name\tX\tY\tZ\na b\t1\t2\t3\nc, d\t4\t5\t6\n"),
        ("a.coords", "1 2 3\n4 5 6\n"),
        ("a.coords", "1 2 3 0.9\n4 5 6 0.8\n"),
        ("a.txt", "# x y z\n1 2 3\n4 5 6\n"),
        ("a.txt", "# made by hand\n1 2 3\n4 5 6\n"),
        ("a.txt", "# z y x\n3 2 1\n6 5 4\n"),
        ("napari.csv", "index,axis-0,axis-1,axis-2\n0.0,3.0,2.0,1.0\n1.0,6.0,5.0,4.0\n"),
        ("a.csv", "centroid-x,centroid_y,Center Z\n1,2,3\n4,5,6\n"),
        ("a.csv", "x_nm,y_nm,z_nm\n1.392,2.784,4.176\n5.568,6.96,8.352\n"),
        ("a.csv", "X (A),Y (A),Z (A)\n13.92,27.84,41.76\n55.68,69.6,83.52\n"),
        # model2point, with and without -object
        ("a.txt", "1 1 1.5 2.5 3.0\n1 2 4.5 5.5 6.0\n"),
    ],
)
def test_text(tmp_path, name, text):
    coordinates = read(tmp_path, name, text)
    np.testing.assert_allclose(coordinates.positions, [[3, 2, 1], [6, 5, 4]])
    assert name in coordinates.told


def test_what_a_column_was_taken_for_is_told(tmp_path):
    told = read(tmp_path, "a.csv", "id,X,Y,Z,score\n7,1,2,3,0.5\n").told
    assert "X for x, Y for y, Z for z in voxels from 0, score for the score" in told
    assert "the first three of 4 columns" in read(tmp_path, "b.txt", "1 2 3 4\n").told
    assert "IMOD" in read(tmp_path, "c.txt", "1 1 1 2 3\n").told


def test_scores(tmp_path):
    np.testing.assert_array_equal(
        read(tmp_path, "a.csv", "x,y,z,score\n1,2,3,.5\n1,2,3,.7\n").scores, [0.5, 0.7]
    )
    assert read(tmp_path, "a.txt", "1 2 3\n").scores is None


def test_positions_outside_are_told(tmp_path):
    told = read(tmp_path, "a.txt", "1 2 3\n900 2 3\n463.4 2 -0.5\n").told
    assert "1 of 3 positions lie outside of TS_01" in told


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.csv", "a,b,c\n1,2,3\n", "none of the columns a, b, c are plainly x, y and z"),
        ("a.csv", "x,y,z\n1,2\n", "line 2: expected three numbers"),
        ("a.csv", "x,y,z,s\n1,2,3,4\n1,2,3\n", "line 3: expected 4 columns"),
        ("a.csv", "x,y,z\n1,2,inf\n", "must be finite"),
        ("a.tbl", "1 2 3\n", "table of Dynamo has 26 or more"),
        ("a.star", "data_\n\nloop_\n_rlnTomoName\na\n", "no table with rlnCoordinateX"),
        ("a.star", "data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n1\n", "1 values for 2 columns"),
        ("a.star", "", "is empty"),
    ],
)
def test_what_cannot_be_read(tmp_path, name, text, sentence):
    with pytest.raises(ScsegError, match=sentence):
        read(tmp_path, name, text)


def test_physical_units_need_a_voxel_size(tmp_path):
    with pytest.raises(ScsegError, match="--tomogram-apix"):
        read(tmp_path, "a.csv", "x_nm,y_nm,z_nm\n1,2,3\n", UNKNOWN)


def dynamo(rows):
    lines = []
    for tomogram, xyz, shift in rows:
        words = ["1"] * 35
        words[3:6], words[19], words[23:26] = map(str, shift), str(tomogram), map(str, xyz)
        lines.append(" ".join(words))
    return "\n".join(lines) + "\n"


def test_dynamo(tmp_path):
    rows = [(1, (1.5, 2.5, 3.5), (0, 0, 0)), (1, (4, 5, 6), (0.5, 0.5, 0.5))]
    np.testing.assert_allclose(
        read(tmp_path, "a.tbl", dynamo(rows)).positions, [[3, 2, 1], [6, 5, 4]]
    )
    with pytest.raises(ScsegError, match="2 tomograms"):
        read(tmp_path, "a.tbl", dynamo([(1, (1, 2, 3), (0, 0, 0)), (2, (1, 2, 3), (0, 0, 0))]))


RELION4 = """
data_optics

loop_
_rlnOpticsGroup #1
_rlnTomoTiltSeriesPixelSize #2
1 3.48

data_particles

loop_
_rlnTomoName #1
_rlnCoordinateX #2
_rlnCoordinateY #3
_rlnCoordinateZ #4
_rlnOriginXAngst #5
_rlnOriginYAngst #6
_rlnOriginZAngst #7
TS_01 4 8 12 0 0 0
TS_01 16 20 24 0 0 0
TS_02 400 500 600 0 0 0
'TS 03' 400 500 600 3.48 0 0 # a comment
"""


def test_relion4_counts_pixels_of_the_tilt_series(tmp_path):
    coordinates = read(tmp_path, "a.star", RELION4)
    np.testing.assert_allclose(coordinates.positions, [[3, 2, 1], [6, 5, 4]])
    assert "binned by 4" in coordinates.told
    moved = read(tmp_path, "a.star", RELION4, Grid("TS 03", (900,) * 3, (13.92,) * 3))
    np.testing.assert_allclose(moved.positions, [[150, 125, 99.75]])


def test_positions_of_other_tomograms_are_left_out(tmp_path):
    longer = Grid("TS_02_10.00Apx", (900,) * 3, (13.92,) * 3)
    np.testing.assert_allclose(
        read(tmp_path, "a.star", RELION4, longer).positions, [[150, 125, 100]]
    )
    with pytest.raises(ScsegError, match=r"3 tomograms \(TS_01, TS_02, TS 03\)"):
        read(tmp_path, "a.star", RELION4, Grid("TS_0", (900,) * 3, (13.92,) * 3))
    table = "volume,x,y,z\nTS_01__Ribosome.mrc,1,2,3\nother,4,5,6\n"
    np.testing.assert_allclose(read(tmp_path, "a.csv", table).positions, [[3, 2, 1]])


def test_warp_counts_pixels_of_the_tomogram(tmp_path):
    text = (
        "data_\n\nloop_\n_rlnMicrographName\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnCoordinateZ\n"
        "_rlnAutopickFigureOfMerit\nTS_01.tomostar 1 2 3 0.5\nTS_01.tomostar 4 5 6 0.25\n"
    )
    coordinates = read(tmp_path, "a.star", text)
    np.testing.assert_allclose(coordinates.positions, [[3, 2, 1], [6, 5, 4]])
    np.testing.assert_allclose(coordinates.scores, [0.5, 0.25])


RELION5 = """
data_particles

loop_
_rlnTomoName #1
_rlnCenteredCoordinateXAngst #2
_rlnCenteredCoordinateYAngst #3
_rlnCenteredCoordinateZAngst #4
_rlnTomoSubtomogramRot #5
_rlnTomoSubtomogramTilt #6
_rlnTomoSubtomogramPsi #7
_rlnOriginXAngst #8
_rlnOriginYAngst #9
_rlnOriginZAngst #10
TS_01 0 0 0 0 0 0 0 0 0
TS_01 0 0 0 0 90 0 0 0 13.92
"""


def test_relion5_counts_from_the_middle_and_particles_have_moved(tmp_path):
    """RELION takes away the shift, turned by the subtomogram's angles: z becomes -x at a tilt of 90."""
    found = read(tmp_path, "a.star", RELION5).positions
    np.testing.assert_allclose(found, [[50, 232, 232], [50, 232, 233]], atol=1e-9)


def test_a_single_particle_without_a_loop(tmp_path):
    text = "data_\n_rlnCoordinateX 1\n_rlnCoordinateY 2\n_rlnCoordinateZ 3\n"
    np.testing.assert_allclose(read(tmp_path, "a.star", text).positions, [[3, 2, 1]])


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("13__Ribosome.mrc", "13"),
        ("TS_1.mrc", "TS_1"),
        ("TS_1_10.00Apx.rec.gz", "TS_1_10.00Apx"),
        ("/a/b.c.mrc", "b.c"),
    ],
)
def test_names_of_tomograms(tmp_path, file, name):
    assert tomogram_name(tmp_path / file) == name
