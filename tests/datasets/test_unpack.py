"""Packed tomograms: unpacked once, never beyond what they announce, nothing left of a failure."""

from __future__ import annotations

import bz2
import gzip
import os
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import mrcfile
import numpy as np
import pytest
import tifffile

from scseg.base.errors import CancelledError, ScsegError
from scseg.datasets.formats.mrc import MOST_TRAILING
from scseg.datasets.tomogram import Tomogram, open_tomogram

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


class Disk(NamedTuple):
    total: int
    used: int
    free: int


PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "cache" / "unpacked"


@pytest.fixture
def values(rng: np.random.Generator) -> NDArray[Any]:
    return rng.integers(-100, 100, (4, 300, 500)).astype("i2")


@pytest.fixture
def content(tmp_path: Path, values: NDArray[Any]) -> bytes:
    mrcfile.write(tmp_path / "content.mrc", values, voxel_size=12)
    return (tmp_path / "content.mrc").read_bytes()


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def opened_quietly(path: Path) -> Tomogram:
    def fail(_fraction: float, text: str) -> None:
        pytest.fail(f"unpacked again: {text}")

    return open_tomogram(path, report=fail)


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
def test_an_mrc_file_is_unpacked_once(
    tmp_path: Path, cache: Path, content: bytes, values: NDArray[Any], suffix: str
) -> None:
    path = tmp_path / f"a.mrc{suffix}"
    path.write_bytes(PACKERS[suffix](content))
    told: list[tuple[float, str]] = []
    tomogram = open_tomogram(path, report=lambda fraction, text: told.append((fraction, text)))
    np.testing.assert_array_equal(tomogram.voxels, values)
    assert tomogram.path == path
    assert tomogram.apix == 12
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] <= 1
    assert {text for _, text in told} == {f"Unpacking {path.name}"}
    np.testing.assert_array_equal(opened_quietly(path).voxels, values)
    assert len(files(cache)) == 1


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
def test_a_tiff_stack(
    tmp_path: Path, cache: Path, values: NDArray[Any], suffix: str, compression: str | None
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", values, compression=compression, photometric="minisblack")
    path = tmp_path / f"a.tif{suffix}"
    path.write_bytes(PACKERS[suffix]((tmp_path / "a.tif").read_bytes()))
    np.testing.assert_array_equal(open_tomogram(path).voxels, values)
    np.testing.assert_array_equal(opened_quietly(path).voxels, values)
    assert all(file.parent == cache for file in files(cache))


def test_a_file_written_anew_is_unpacked_anew_and_the_old_one_goes(
    tmp_path: Path, cache: Path, content: bytes, values: NDArray[Any]
) -> None:
    path = tmp_path / "a.mrc.gz"
    path.write_bytes(gzip.compress(content))
    open_tomogram(path)
    first = files(cache)
    path.write_bytes(gzip.compress(content[:1024] + (values + 1).tobytes()))
    os.utime(path, ns=(1, 1))
    np.testing.assert_array_equal(open_tomogram(path).voxels, values + 1)
    assert len(files(cache)) == 1
    assert files(cache) != first


@pytest.mark.parametrize("made", ["a.mrc.gz", "a.mrc.bz2", "a.tif"])
def test_cancelling_leaves_nothing(
    tmp_path: Path, cache: Path, content: bytes, values: NDArray[Any], made: str
) -> None:
    path = tmp_path / made
    if path.suffix == ".tif":
        tifffile.imwrite(path, values, compression="zlib", photometric="minisblack")
    else:
        path.write_bytes(PACKERS[path.suffix](content))

    def cancel(_fraction: float, _text: str) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        open_tomogram(path, report=cancel)
    assert files(cache) == []


def announcing(content: bytes, sections: int) -> bytes:
    header = bytearray(content[:1024])
    struct.pack_into("<i", header, 8, sections)
    return bytes(header) + content[1024:]


def damaged(content: bytes, packer: Callable[[bytes], bytes]) -> bytes:
    packed = bytearray(packer(content))
    packed[len(packed) * 9 // 10] ^= 0xFF
    return bytes(packed)


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            lambda content, pack: pack(content)[:-200],
            "is truncated: its compressed data end too early",
        ),
        (
            lambda content, pack: pack(content[:-1]),
            "is truncated: its header announces .* has 1201023",
        ),
        (
            lambda content, pack: pack(announcing(content, 2**31 - 1)),
            "takes 6.44e\\+05 GB unpacked",
        ),
        (lambda content, pack: pack(content[:500]), "is not an MRC file: it has 500 bytes"),
        (lambda _content, pack: pack(b"words" * 1000), "is not an MRC file"),
        (damaged, "is (damaged|truncated)"),
        (lambda content, _pack: content, "is damaged or not compressed as its name says"),
    ],
)
def test_faults(
    tmp_path: Path, cache: Path, content: bytes, suffix: str, fault: Any, sentence: str
) -> None:
    path = tmp_path / f"a.mrc{suffix}"
    path.write_bytes(fault(content, PACKERS[suffix]))
    with pytest.raises(ScsegError, match=rf"a\.mrc{suffix} {sentence}"):
        open_tomogram(path)
    assert files(cache) == []


def test_a_file_that_another_process_holds_stays_without_harm(
    tmp_path: Path, cache: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = type(tmp_path).unlink

    def as_on_windows(file: Path, *, missing_ok: bool = False) -> None:
        if file.suffix == ".mrc" and not file.name.startswith("."):
            raise PermissionError("mapped by another process")
        unlink(file, missing_ok=missing_ok)

    path = tmp_path / "a.mrc.gz"
    path.write_bytes(gzip.compress(content))
    old = open_tomogram(path)
    path.write_bytes(gzip.compress(content) + gzip.compress(b""))
    with monkeypatch.context() as patch:
        patch.setattr(type(path), "unlink", as_on_windows)
        assert open_tomogram(path).shape == old.shape
    assert len(files(cache)) == 2


def test_a_bomb_is_stopped_at_what_its_header_announces(
    tmp_path: Path, cache: Path, content: bytes
) -> None:
    # 1 GB of zeros behind a header that announces 1.2 MB.
    path = tmp_path / "bomb.mrc.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(content)
        for _ in range(1000):
            file.write(bytes(1_000_000))
    told: list[float] = []
    tomogram = open_tomogram(path, report=lambda fraction, _text: told.append(fraction))
    assert tomogram.warnings  # as of a file that is not packed and goes on behind its voxels
    assert max(told) < 0.5  # what announces itself is the first 40 % of the file
    (kept,) = files(cache)
    assert kept.stat().st_size == 1201024 + MOST_TRAILING


def with_a_disk(monkeypatch: pytest.MonkeyPatch, total: int, free: int) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Disk(total, total - free, free))


@pytest.mark.parametrize(
    ("total", "free", "fits"),
    [
        (10_000_000, 1_000_000 + 1_200_000, True),
        (10_000_000, 1_000_000 + 1_199_999, False),
        (10**12, 10**10 + 1_200_000, True),
        (10**12, 10**10 + 1_199_999, False),
    ],
)
def test_a_tenth_of_the_disk_is_left_or_ten_gigabytes(
    tmp_path: Path,
    cache: Path,
    content: bytes,
    monkeypatch: pytest.MonkeyPatch,
    total: int,
    free: int,
    *,
    fits: bool,
) -> None:
    path = tmp_path / "a.mrc.gz"
    path.write_bytes(gzip.compress(content))
    with_a_disk(monkeypatch, total, free)
    # This disk never fills, so what is due counts from the header on.
    if fits:
        assert open_tomogram(path).shape == (4, 300, 500)
        return
    with pytest.raises(ScsegError, match=r"a\.mrc\.gz takes .* unpacked.* left for other programs"):
        open_tomogram(path)
    assert files(cache) == []


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
def test_a_bomb_behind_the_mark_of_a_tiff_stops_at_once(
    tmp_path: Path, cache: Path, suffix: str
) -> None:
    path = tmp_path / f"bomb.tif{suffix}"
    path.write_bytes(PACKERS[suffix](b"II*\0\x08\0\0\0" + bytes(300_000_000)))
    told: list[float] = []
    with pytest.raises(ScsegError, match=rf"bomb\.tif{suffix} is not a TIFF file, or damaged"):
        open_tomogram(path, report=lambda fraction, _text: told.append(fraction))
    assert max(told) < 0.9
    assert files(cache) == []


def test_a_bomb_behind_a_whole_tiff_stops_where_that_ends(
    tmp_path: Path, cache: Path, values: NDArray[Any]
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="minisblack")
    path = tmp_path / "bomb.tif.gz"
    path.write_bytes(gzip.compress((tmp_path / "a.tif").read_bytes() + bytes(100_000_000)))
    np.testing.assert_array_equal(open_tomogram(path).voxels, values)
    (kept,) = files(cache)
    assert kept.stat().st_size < values.nbytes + 2_000_000


def test_what_so_few_bytes_cannot_hold_is_refused(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr("scseg.datasets.formats.unpack._LARGEST_RATIO", 100)
    path = tmp_path / "bomb.mrc.gz"
    path.write_bytes(gzip.compress(content[:1024] + bytes(1_200_000)))
    with pytest.raises(
        ScsegError, match=r"bomb\.mrc\.gz unpacks to more than 100 times its length"
    ):
        open_tomogram(path)
    assert files(cache) == []


def test_a_tiff_that_announces_more_than_the_disk_can_spare(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.tif.gz"
    path.write_bytes(gzip.compress(b"II*\0" + (4 * 10**9).to_bytes(4, "little") + bytes(3_000_000)))
    with_a_disk(monkeypatch, 10**10, 3 * 10**9)
    with pytest.raises(ScsegError, match=r"a\.tif\.gz takes 4 GB unpacked"):
        open_tomogram(path)
    assert files(cache) == []


def test_a_tiff_that_is_no_stack_is_not_kept(tmp_path: Path, cache: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((5, 90, 80, 3), "u1"), photometric="rgb")
    path = tmp_path / "a.tif.gz"
    path.write_bytes(gzip.compress((tmp_path / "a.tif").read_bytes()))
    with pytest.raises(ScsegError, match="colours"):
        open_tomogram(path)
    assert files(cache) == []


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("bigtiff", [False, True])
def test_directories_anywhere_in_a_packed_tiff(
    tmp_path: Path, rng: np.random.Generator, *, bigtiff: bool
) -> None:
    # Larger than what is unpacked at once; each directory lies beside its slice.
    values = rng.integers(0, 250, (5, 900, 700)).astype("u1")
    with tifffile.TiffWriter(tmp_path / "a.tif", bigtiff=bigtiff) as tiff:
        for each in values:
            tiff.write(each, contiguous=False, metadata=None)
    path = tmp_path / "a.tif.gz"
    path.write_bytes(gzip.compress((tmp_path / "a.tif").read_bytes()))
    np.testing.assert_array_equal(open_tomogram(path).voxels, values)


@pytest.mark.usefixtures("cache")
def test_a_stack_of_imagej_with_one_directory(tmp_path: Path, rng: np.random.Generator) -> None:
    values = rng.integers(0, 60000, (5, 900, 700)).astype("u2")
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path, values[0], description="ImageJ=1.53\nimages=5\nslices=5\n", metadata=None
    )
    raw = path.read_bytes() + values[1:].tobytes()
    path.write_bytes(raw)
    packed = tmp_path / "a.tif.gz"
    packed.write_bytes(gzip.compress(raw))
    for each in (path, packed):
        np.testing.assert_array_equal(open_tomogram(each).voxels, values)


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
def test_a_file_in_which_hardly_anything_is_packed_can_be_cancelled(
    tmp_path: Path, suffix: str
) -> None:
    # Empty streams, one after the other: nothing comes out for a long time.
    path = tmp_path / f"a.mrc{suffix}"
    path.write_bytes(PACKERS[suffix](b"") * 100_000)
    told: list[float] = []

    def cancel(fraction: float, _text: str) -> None:
        told.append(fraction)
        if len(told) > 3:
            raise CancelledError

    with pytest.raises(CancelledError):
        open_tomogram(path, report=cancel)
    assert max(told) < 1


def test_a_packed_text_is_no_tiff(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "a.tif.gz"
    path.write_bytes(gzip.compress(b"words" * 1000))
    with pytest.raises(ScsegError, match=r"a\.tif\.gz holds no TIFF file"):
        open_tomogram(path)
    assert files(cache) == []
