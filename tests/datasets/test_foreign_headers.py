"""Headers as other programs write them, right and wrong: what is believed, what is mended, what is told.

Each is written by mrcfile or packed here, and then changed as the program in question does.
"""

from __future__ import annotations

import bz2
import gzip
import struct

import mrcfile
import numpy as np
import pytest

from scseg.datasets.formats.mrc import MOST_TRAILING
from scseg.datasets.tomogram import open_tomogram

IMOD = 1146047817
SHAPE = (24, 40, 36)
APIX = 13.92
SECTIONS, ROWS, COLUMNS = SHAPE


@pytest.fixture
def values(rng):
    return rng.integers(-1000, 1000, SHAPE).astype(np.int16)


def words(**changes):
    """Return bytes for places in a header, by what stands there, as little-endian words."""
    places = {"m": (28, "3i"), "cella": (40, "3f"), "axes": (64, "3i"), "statistics": (76, "3f")}
    places |= {"ispg": (88, "i"), "nsymbt": (92, "i"), "imod": (152, "2i"), "origin": (196, "3f")}
    return {
        places[name][0]: struct.pack("<" + places[name][1], *np.atleast_1d(value).tolist())
        for name, value in changes.items()
    }


def written(path, values, tail=b"", **changes):
    """Write a file with mrcfile, then the words that a program has otherwise."""
    mrcfile.write(path, values, voxel_size=APIX, overwrite=True)
    raw = bytearray(path.read_bytes())
    for at, word in words(**changes).items():
        raw[at : at + len(word)] = word
    path.write_bytes(bytes(raw) + tail)
    return path


CELL = (COLUMNS * APIX, ROWS * APIX, SECTIONS * APIX)
GRID = (COLUMNS, ROWS, SECTIONS)


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        pytest.param({}, (APIX,) * 3, id="mrcfile"),
        pytest.param({"ispg": 0, "imod": (IMOD, 1)}, (APIX,) * 3, id="IMOD"),
        pytest.param(
            {"ispg": 0, "m": (COLUMNS, ROWS, 1), "cella": (*CELL[:2], APIX)},
            (APIX,) * 3,
            id="image stack of MRC2014",
        ),
        pytest.param({"m": (1, 1, 1), "cella": (APIX,) * 3}, (APIX,) * 3, id="MRCZ"),
        pytest.param(
            {"cella": (*CELL[:2], SECTIONS * 2.5 * APIX)},
            (2.5 * APIX, APIX, APIX),
            id="binned in the plane alone",
        ),
        pytest.param({"origin": (-250.0, -270.0, -160.0)}, (APIX,) * 3, id="origin at the centre"),
        pytest.param({"cella": GRID}, None, id="IsoNet: 1 A"),
        pytest.param({"cella": (0, 0, 0), "m": (0, 0, 0)}, None, id="no grid and no cell"),
    ],
)
def test_what_is_well_opens_without_a_word(tmp_path, values, changes, size):
    tomogram = open_tomogram(written(tmp_path / "t.mrc", values, **changes))
    np.testing.assert_array_equal(tomogram.voxels, values)
    assert tomogram.voxel_size == (None if size is None else pytest.approx(size, rel=1e-5))
    assert tomogram.warnings == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"m": (COLUMNS, ROWS, 1)}, "mz = 1"),
        ({"m": (COLUMNS, ROWS, 1), "cella": (*CELL[:2], 1.0)}, "mz = 1"),
        ({"m": (COLUMNS, ROWS, 1), "cella": (*CELL[:2], 2 * APIX)}, "mz = 1"),
        ({"cella": (*CELL[:2], APIX)}, "a cell of one voxel"),
        ({"cella": (*CELL[:2], APIX), "m": (COLUMNS, ROWS, 2)}, "a cell of one voxel"),
    ],
)
def test_a_grid_or_cell_of_one_section_is_no_distance_of_slices(tmp_path, values, changes, words):
    path = written(tmp_path / "t.mrc", values, **changes)
    tomogram = open_tomogram(path)
    assert tomogram.voxel_size == pytest.approx((APIX,) * 3, rel=1e-5)
    (warning,) = tomogram.warnings
    assert words in warning
    assert "--tomogram-apix-z" in warning
    assert open_tomogram(path, apix_z=50).voxel_size == pytest.approx((50, APIX, APIX), rel=1e-5)


def test_which_slices_are_counted_does_not_depend_on_how_they_are_stored(tmp_path, values):
    """Columns are z here: 36 slices, in a grid of one."""
    changes = {"axes": (3, 2, 1), "m": (SECTIONS, ROWS, 1)}
    changes["cella"] = (SECTIONS * APIX, ROWS * APIX, COLUMNS * APIX)
    tomogram = open_tomogram(written(tmp_path / "t.mrc", values, **changes))
    assert tomogram.shape == (COLUMNS, ROWS, SECTIONS)
    assert tomogram.voxel_size == pytest.approx((APIX,) * 3, rel=1e-5)
    assert "36 slices" in tomogram.warnings[0]


@pytest.mark.parametrize(("apart", "told"), [(500, True), (4, True), (41, False), (4.7, False)])
def test_serial_sections_keep_their_distance_and_it_is_told(tmp_path, values, apart, told):
    path = written(tmp_path / "t.mrc", values, cella=(*CELL[:2], SECTIONS * apart))
    tomogram = open_tomogram(path)
    assert tomogram.voxel_size == pytest.approx((apart, APIX, APIX), rel=1e-5)
    assert [f"{apart} A apart" in each for each in tomogram.warnings] == [True] * told
    assert open_tomogram(path, apix_z=30).voxel_size == pytest.approx((30, APIX, APIX), rel=1e-5)


@pytest.mark.parametrize("changes", [{}, {"cella": (*CELL[:2], 1)}, {"cella": (*CELL[:2], 5000)}])
def test_a_single_image_has_no_slices_to_be_apart(tmp_path, values, changes):
    tomogram = open_tomogram(written(tmp_path / "t.mrc", values[:1], **changes))
    assert tomogram.warnings == ()


SIGNED, UNSIGNED = {"imod": (IMOD, 1)}, {"imod": (IMOD, 0)}


@pytest.mark.parametrize(
    ("changes", "statistics", "other"),
    [
        ({}, (0, 255, 120), "unsigned"),
        ({}, (3, 200, 90), "unsigned"),
        (SIGNED, (0, 255, 120), "unsigned"),
        (UNSIGNED, (-128, 127, -5), "signed"),
        (UNSIGNED, (-3, 2, 0), "signed"),
        ({}, (-128, 127, 0), ""),
        ({}, (0, 127, 40), ""),
        (UNSIGNED, (0, 255, 120), ""),
        (UNSIGNED, (0, 127, 40), ""),
        ({}, (0, -1, -2), ""),  # not determined, by the standard
        ({}, (-1800.5, 2900, 3), ""),  # of the file that the header was copied from
        ({}, (float("nan"), float("nan"), 0), ""),
    ],
)
def test_statistics_of_the_other_sign_are_told(tmp_path, rng, changes, statistics, other):
    raw = rng.integers(0, 256, SHAPE).astype(np.uint8)
    path = written(tmp_path / "t.mrc", raw.view(np.int8), statistics=statistics, **changes)
    tomogram = open_tomogram(path)
    told = f"--tomogram-bytes {other}"
    assert [told in each for each in tomogram.warnings] == [True] * bool(other)
    # The sign stays as the standard has it, and nothing is told to whoever has said it.
    signed = tomogram.stored.dtype.kind == "i"
    np.testing.assert_array_equal(tomogram.voxels, raw.view(np.int8) if signed else raw)
    assert signed == (changes is not UNSIGNED)
    assert open_tomogram(path, signed=signed).warnings == ()


PACKERS = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress}


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.usefixtures("scseg_home")
@pytest.mark.parametrize("beyond", [1, 267, 4096])
def test_bytes_behind_the_voxels_are_told_alike_packed_and_plain(tmp_path, values, suffix, beyond):
    plain = written(tmp_path / "plain.mrc", values, bytes(beyond)).read_bytes()
    path = tmp_path / f"t.mrc{suffix}"
    path.write_bytes(PACKERS[suffix](plain))
    tomogram = open_tomogram(path)
    np.testing.assert_array_equal(tomogram.voxels, values)
    due = 1024 + values.nbytes
    assert tomogram.warnings == (
        f"The file has {due + beyond} bytes where {due} are due; the rest is ignored.",
    )


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.usefixtures("scseg_home")
def test_so_are_many_of_which_a_packed_file_gives_up_few(tmp_path, values, suffix):
    plain = written(tmp_path / "plain.mrc", values, bytes(5 * MOST_TRAILING)).read_bytes()
    path = tmp_path / f"t.mrc{suffix}"
    path.write_bytes(PACKERS[suffix](plain))
    tomogram = open_tomogram(path)
    np.testing.assert_array_equal(tomogram.voxels, values)
    (warning,) = tomogram.warnings
    assert ("or more" in warning) == bool(suffix)
    due = 1024 + values.nbytes
    assert tomogram.stored.file.stat().st_size - due == MOST_TRAILING * (1 if suffix else 5)
