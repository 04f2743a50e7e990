"""MRC files packed by hand after the standard's table, or written by mrcfile, against what we read."""

from __future__ import annotations

import gzip
import itertools
import struct
from typing import TYPE_CHECKING, Any

import hypothesis.extra.numpy as hnp
import mrcfile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.errors import ScsegError
from scseg.datasets.tomogram import open_tomogram

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MODES = {"i1": 0, "u1": 0, "i2": 1, "f4": 2, "u2": 6, "f2": 12}
STAMPS = {"<": b"DD\0\0", ">": b"\x11\x11\0\0"}
IMOD = 1146047817


def packed(stored: NDArray[Any], order: str = "<", **changes: Any) -> bytes:
    """Pack an MRC2014 file word by word; `stored` is (sections, rows, columns)."""
    nz, ny, nx = stored.shape
    fields: dict[str, Any] = {
        "mode": MODES[stored.dtype.str[1:]],
        "nstart": (0, 0, 0),
        "m": (nx, ny, nz),
        "cella": (2.0 * nx, 2.0 * ny, 2.0 * nz),
        "axes": (1, 2, 3),
        "ispg": 1,
        "extended": b"",
        "imod": (0, 0),
        "origin": (0.0, 0.0, 0.0),
        "map": b"MAP ",
        "stamp": STAMPS[order],
    } | changes
    header = bytearray(1024)
    struct.pack_into(f"{order}4i", header, 0, nx, ny, nz, fields["mode"])
    struct.pack_into(f"{order}3i", header, 16, *fields["nstart"])
    struct.pack_into(f"{order}3i", header, 28, *fields["m"])
    struct.pack_into(f"{order}6f", header, 40, *fields["cella"], 90, 90, 90)
    struct.pack_into(f"{order}3i", header, 64, *fields["axes"])
    struct.pack_into(f"{order}2i", header, 88, fields["ispg"], len(fields["extended"]))
    struct.pack_into(f"{order}i", header, 108, 20140)
    struct.pack_into(f"{order}2i", header, 152, *fields["imod"])
    struct.pack_into(f"{order}3f", header, 196, *fields["origin"])
    struct.pack_into("4s4s", header, 208, fields["map"], fields["stamp"])
    return (
        bytes(header)
        + fields["extended"]
        + stored.astype(stored.dtype.newbyteorder(order)).tobytes()
    )


@pytest.fixture
def values(rng: np.random.Generator) -> NDArray[Any]:
    return rng.integers(-100, 100, (4, 3, 5)).astype("i2")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["i1", "i2", "f4", "u2", "f2"])
def test_every_mode_in_both_byte_orders(
    tmp_path: Path, rng: np.random.Generator, kind: str, order: str
) -> None:
    values = rng.integers(0, 128, (4, 3, 5)).astype(kind)
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(values, order))
    tomogram = open_tomogram(path)
    np.testing.assert_array_equal(tomogram.voxels, values)
    assert tomogram.voxels.dtype.newbyteorder("=") == values.dtype
    assert tomogram.shape == (4, 3, 5)
    assert tomogram.warnings == ()
    np.testing.assert_array_equal(tomogram.slice(2), values[2].astype("f4"))


@pytest.mark.parametrize("ending", [".mrc", ".rec", ".map", ".st", ".ali", ".MRC", ".Rec"])
def test_endings(tmp_path: Path, values: NDArray[Any], ending: str) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(packed(values))
    np.testing.assert_array_equal(open_tomogram(path).voxels, values)


def test_places_and_sizes(tmp_path: Path, values: NDArray[Any]) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(
        packed(values, cella=(50, 30, 60), m=(5, 3, 4), nstart=(1, -2, 3), origin=(7, 8, 9))
    )
    tomogram = open_tomogram(path)
    assert tomogram.voxel_size == (15, 10, 10)
    assert tomogram.apix == 10
    assert tomogram.nstart == (1, -2, 3)
    assert tomogram.origin == (7, 8, 9)
    assert tomogram.path == path


def test_voxels_follow_the_extended_header(tmp_path: Path, values: NDArray[Any]) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(values, extended=b"x" * 77))
    np.testing.assert_array_equal(open_tomogram(path).voxels, values)


@pytest.mark.parametrize(
    ("imod", "word", "signed"),
    [
        ((0, 0), None, True),
        ((IMOD, 0), None, False),
        ((IMOD, 1), None, True),
        ((IMOD, 4), None, False),
        ((0, 1), None, True),
        ((IMOD, 0), True, True),
        ((IMOD, 1), False, False),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_signs_of_bytes(
    tmp_path: Path, imod: tuple[int, int], word: bool | None, signed: bool, order: str
) -> None:
    raw = np.arange(256, dtype="u1").reshape(4, 8, 8)
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(raw, order, imod=imod))
    voxels = open_tomogram(path, signed=word).voxels
    np.testing.assert_array_equal(voxels, raw.view("i1") if signed else raw)


@pytest.mark.parametrize("axes", list(itertools.permutations((1, 2, 3))))
def test_axes_in_any_order_are_turned_to_z_y_x(
    tmp_path: Path, rng: np.random.Generator, axes: tuple[int, int, int]
) -> None:
    volume = rng.integers(0, 100, (4, 3, 5)).astype("i2")
    place = {1: 2, 2: 1, 3: 0}  # where x, y, z stand in (z, y, x)
    columns, rows, sections = axes
    stored = volume.transpose(place[sections], place[rows], place[columns])
    starts = {1: 10, 2: 20, 3: 30}  # of x, y, z
    path = tmp_path / "a.mrc"
    path.write_bytes(
        packed(
            np.ascontiguousarray(stored),
            axes=axes,
            m=(5, 3, 4),
            cella=(10, 6, 8),
            nstart=tuple(starts[axis] for axis in axes),
        )
    )
    tomogram = open_tomogram(path)
    np.testing.assert_array_equal(tomogram.voxels, volume)
    np.testing.assert_array_equal(tomogram.slice(1), volume[1])
    assert tomogram.nstart == (10, 20, 30)
    assert tomogram.voxel_size == (2, 2, 2)


@pytest.mark.parametrize("axes", [(1, 1, 1), (1, 2, 0), (-1, 2, 3), (1, 2, 4)])
def test_impossible_axes_are_refused(tmp_path: Path, values: NDArray[Any], axes: Any) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(values, axes=axes))
    with pytest.raises(ScsegError, match=rf"a\.mrc.*damaged.*axes {', '.join(map(str, axes))}"):
        open_tomogram(path)


@pytest.mark.parametrize(
    ("order", "changes", "warning"),
    [
        ("<", {"axes": (0, 0, 0)}, "axes"),
        ("<", {"map": b"\0\0\0\0"}, "'MAP'"),
        ("<", {"stamp": b"\0\0\0\0"}, "does not tell its byte order"),
        (">", {"stamp": b"\0\0\0\0"}, "does not tell its byte order"),
        ("<", {"stamp": STAMPS[">"]}, "wrong byte order"),
        (">", {"stamp": STAMPS["<"]}, "wrong byte order"),
        ("<", {"cella": (-1, 6, 8)}, "counts as unknown"),
        ("<", {"cella": (float("nan"), 6, 8)}, "counts as unknown"),
        ("<", {"cella": (10, float("inf"), 8)}, "counts as unknown"),
        ("<", {"cella": (10, 6, 0)}, "no voxel size along z"),
        ("<", {"cella": (10, 6.1, 8)}, "not square"),
        ("<", {"origin": (float("nan"), 0, 0)}, "origin"),
        ("<", {"nstart": (0, 0, 2**31 - 1)}, "start"),
    ],
)
@pytest.mark.parametrize("kind", ["i1", "f4"])
def test_slightly_invalid_headers_open_with_a_warning(
    tmp_path: Path,
    rng: np.random.Generator,
    kind: str,
    order: str,
    changes: dict[str, Any],
    warning: str,
) -> None:
    values = rng.integers(0, 100, (4, 3, 5)).astype(kind)
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(values, order, **changes))
    tomogram = open_tomogram(path)
    np.testing.assert_array_equal(tomogram.voxels, values)
    assert [warning in told for told in tomogram.warnings] == [True]


def test_non_square_voxels_below_one_per_cent_need_no_warning(
    tmp_path: Path, values: NDArray[Any]
) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(values, cella=(10, 6 * 1.009, 8)))
    assert open_tomogram(path).warnings == ()


def test_a_longer_file_opens_with_a_warning_that_tells_both_lengths(
    tmp_path: Path, values: NDArray[Any]
) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(values) + b"tail")
    tomogram = open_tomogram(path)
    np.testing.assert_array_equal(tomogram.voxels, values)
    (warning,) = tomogram.warnings
    assert str(1024 + 120) in warning
    assert str(1024 + 124) in warning


@pytest.mark.parametrize("size", [0.0, 1.0])
def test_zero_or_one_angstrom_means_unknown(
    tmp_path: Path, values: NDArray[Any], size: float
) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(values, cella=(5 * size, 3 * size, 4 * size)))
    tomogram = open_tomogram(path)
    assert tomogram.voxel_size is None
    assert tomogram.apix is None
    assert tomogram.warnings == ()


def test_a_size_of_single_precision_reads_as_the_decimal_it_was(
    tmp_path: Path, values: NDArray[Any]
) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(values, cella=(13.92 * 5, 13.92 * 3, 13.92 * 4)))
    assert open_tomogram(path).apix == 13.92


def test_a_grid_of_zero_gives_no_size(tmp_path: Path, values: NDArray[Any]) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(values, m=(0, 0, 0)))
    assert open_tomogram(path).voxel_size is None


def test_a_stack_of_volumes_is_refused_unless_it_is_of_one(
    tmp_path: Path, values: NDArray[Any]
) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(values, ispg=401, m=(5, 3, 4)))
    np.testing.assert_array_equal(open_tomogram(path).voxels, values)
    path.write_bytes(packed(values, ispg=401, m=(5, 3, 2)))
    with pytest.raises(ScsegError, match="stack of several volumes, of 2 sections"):
        open_tomogram(path)


@pytest.mark.parametrize("mode", [3, 4, 16, 101])
def test_modes_without_grey_values_are_refused_by_name(
    tmp_path: Path, values: NDArray[Any], mode: int
) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(values, mode=mode))
    with pytest.raises(ScsegError, match=rf"a\.mrc holds .*\(mode {mode}\)"):
        open_tomogram(path)


def test_half_bytes_in_mode_0_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(packed(np.zeros((1, 2, 2), "i1"), imod=(IMOD, 16)))
    with pytest.raises(ScsegError, match="4 bits"):
        open_tomogram(path)


def test_opening_takes_nothing_from_a_volume_of_64_gb(tmp_path: Path) -> None:
    # A sparse file: reading it whole, or statistics over it, would take longer than any test may.
    path = tmp_path / "a.mrc"
    one = packed(np.full((1, 4096, 4096), 7, "f4"))
    header = bytearray(one[:1024])
    struct.pack_into("<i", header, 8, 1000)
    with path.open("wb") as file:
        file.write(bytes(header) + one[1024:])
        file.truncate(1024 + 1000 * 4096 * 4096 * 4)
    tomogram = open_tomogram(path)
    assert tomogram.shape == (1000, 4096, 4096)
    assert isinstance(tomogram.voxels, np.memmap)
    assert not tomogram.voxels.flags.writeable
    assert tomogram.slice(0)[4095, 4095] == 7
    assert tomogram.slice(999)[0, 0] == 0


@given(
    values=hnp.arrays(
        dtype=st.sampled_from(["i1", "i2", "u2", "f4", "f2"]),
        shape=hnp.array_shapes(min_dims=2, max_dims=3, max_side=6),
        elements=st.integers(0, 100),
    ),
    voxel_size=st.floats(1.5, 100, width=32),
)
def test_what_mrcfile_writes_reads_back(
    tmp_path_factory: pytest.TempPathFactory, values: NDArray[Any], voxel_size: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "written_by_mrcfile.mrc"
    with mrcfile.new(path, overwrite=True) as mrc:
        mrc.set_data(values)
        mrc.voxel_size = voxel_size
    tomogram = open_tomogram(path)
    np.testing.assert_array_equal(tomogram.voxels, values.reshape(tomogram.shape))
    assert tomogram.shape[1:] == values.shape[-2:]
    assert tomogram.apix == pytest.approx(voxel_size, rel=1e-6)
    assert tomogram.warnings == ()


@pytest.mark.parametrize("claimed", [1, 49920, 2**31 - 1, -5])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("suffix", [".mrc", ".mrc.gz"])
@pytest.mark.usefixtures("scseg_home")
def test_an_extended_header_that_was_left_out(
    tmp_path: Path, values: NDArray[Any], claimed: int, order: str, suffix: str
) -> None:
    raw = bytearray(packed(values, order))
    struct.pack_into(f"{order}i", raw, 92, claimed)
    if suffix == ".mrc.gz" and claimed == 2**31 - 1:
        pytest.skip("a disk that is small could not spare what the header announces")
    path = tmp_path / f"a{suffix}"
    path.write_bytes(gzip.compress(bytes(raw)) if suffix == ".mrc.gz" else bytes(raw))
    tomogram = open_tomogram(path)
    np.testing.assert_array_equal(tomogram.voxels, values)
    (warning,) = tomogram.warnings
    assert f"an extended header of {claimed} bytes" in warning


@pytest.mark.parametrize("missing", [-1, 1])
def test_any_other_length_is_no_header_left_out(
    tmp_path: Path, values: NDArray[Any], missing: int
) -> None:
    raw = bytearray(packed(values))
    struct.pack_into("<i", raw, 92, 60)
    (tmp_path / "a.mrc").write_bytes(bytes(raw[:-1]) if missing > 0 else bytes(raw) + b"?")
    with pytest.raises(ScsegError, match="is truncated"):
        open_tomogram(tmp_path / "a.mrc")
