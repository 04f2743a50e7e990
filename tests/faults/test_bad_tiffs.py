"""TIFF files that lead elsewhere, or would take time and memory without end: each is told at once."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from scseg.base.errors import ScsegError
from scseg.datasets.tomogram import open_tomogram

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture
def values(rng: np.random.Generator) -> NDArray[Any]:
    return rng.integers(0, 60000, (5, 40, 30)).astype("u2")


def ome(parts: str, uuid: str = "") -> str:
    return (
        f'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" {uuid}><Image><Pixels '
        'DimensionOrder="XYZCT" Type="uint16" SizeX="30" SizeY="40" SizeZ="5" SizeC="1" SizeT="1">'
        f'<Channel SamplesPerPixel="1"/>{parts}</Pixels></Image></OME>'
    )


def part(z: int, image: int, file: str) -> str:
    uuid = f'<UUID FileName="{file}">urn:1</UUID>'
    return f'<TiffData IFD="{image}" FirstZ="{z}" PlaneCount="1">{uuid}</TiffData>'


@pytest.mark.parametrize(("file", "uuid"), [("a.tif", ""), ("another.tif", 'UUID="urn:1"')])
def test_ome_slices_come_in_the_order_that_is_told(
    tmp_path: Path, values: NDArray[Any], file: str, uuid: str
) -> None:
    order = [3, 0, 4, 1, 2]
    text = ome("".join(part(z, image, file) for z, image in enumerate(order)), uuid)
    tifffile.imwrite(tmp_path / "a.tif", values, description=text, metadata=None)
    np.testing.assert_array_equal(open_tomogram(tmp_path / "a.tif").voxels, values[order])


@pytest.mark.timeout(10)
@pytest.mark.parametrize("file", ["b.tif", "../secret.tif", "pipe", "/dev/zero", ""])
def test_ome_slices_in_another_file_are_refused_and_it_is_left_alone(
    tmp_path: Path, values: NDArray[Any], file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tifffile.imwrite(tmp_path / "b.tif", values)
    os.mkfifo(tmp_path / "pipe")
    text = ome(part(0, 0, file))
    tifffile.imwrite(tmp_path / "a.tif", values, description=text, metadata=None)
    monkeypatch.setattr(tifffile.TiffFile, "series", property(lambda _: pytest.fail("followed")))
    with pytest.raises(ScsegError, match=r"a\.tif is one part of an OME-TIFF .* in another file"):
        open_tomogram(tmp_path / "a.tif")


def test_xml_that_defines_entities_is_no_description(tmp_path: Path, values: NDArray[Any]) -> None:
    text = '<!DOCTYPE OME [<!ENTITY a "aaaa">]>' + ome(part(0, 0, "&a;"))
    tifffile.imwrite(tmp_path / "a.tif", values, description=text, metadata=None)
    with pytest.raises(ScsegError, match="no OME-XML"):
        open_tomogram(tmp_path / "a.tif")


Tag = tuple[int, int, int, int]


def directory(tags: list[Tag], following: int = 0) -> bytes:
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", following)


def image(height: int, width: int, rows: int, data: tuple[int, int]) -> list[Tag]:
    numbers = {
        256: width,
        257: height,
        258: 8,
        259: 8,
        262: 1,
        273: data[0],
        278: rows,
        279: data[1],
    }
    return [(code, 4, 1, number) for code, number in numbers.items()]


def circle(count: int) -> bytes:
    """Return a file whose last image of `count` names an earlier one as the next."""
    size = len(directory(image(1, 1, 1, (8, 1))))
    starts = [8 + size * i for i in range(count)]
    nexts = [*starts[1:], starts[count // 2]]
    parts = [directory(image(1, 1, 1, (8, 1)), following) for following in nexts]
    return b"II*\0" + struct.pack("<I", 8) + b"".join(parts)


def overlapping() -> bytes:
    """Return a file in which a directory begins at every second byte."""
    begin = 8
    pairs = b"".join(struct.pack("<HI", 1, begin + 6 * (i + 1)) for i in range(20_000))
    return b"II*\0" + struct.pack("<I", begin) + pairs


def one_strip(height: int, width: int, rows: int) -> bytes:
    """Return a file with the data of one strip, which has so many rows."""
    data = bytes(100_000)
    return (
        b"II*\0"
        + struct.pack("<I", 8 + len(data))
        + data
        + directory(image(height, width, rows, (8, len(data))))
    )


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: circle(3), "chained in a circle"),
        (lambda: circle(300), "chained in a circle"),
        (overlapping, "is (not a TIFF file, or )?damaged"),
        (
            lambda: b"II*\0" + struct.pack("<I", 8) + directory([(273, 4, 1 << 30, 8)]),
            "goes on to byte",
        ),
        (lambda: one_strip(16_384, 16_384, 16_384), "268435456 bytes of it come in one piece"),
        (lambda: one_strip(16_384, 16_384, 1), "come[s]? in 16384 pieces, of which 1"),
    ],
)
def test_small_files_that_would_take_much(
    tmp_path: Path, content: Callable[[], bytes], sentence: str
) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(content())
    with pytest.raises(ScsegError, match=sentence):
        open_tomogram(path)


def test_a_picture_larger_than_its_place_is_refused(tmp_path: Path) -> None:
    large, small = np.zeros((4000, 4000), "u1"), np.zeros((16, 16), "u1")
    tifffile.imwrite(tmp_path / "large.tif", large, compression="jpeg", rowsperstrip=4000)
    tifffile.imwrite(tmp_path / "a.tif", small, compression="jpeg", metadata=None)
    with tifffile.TiffFile(tmp_path / "large.tif") as tiff:
        offset, count = tiff.pages.first.dataoffsets[0], tiff.pages.first.databytecounts[0]
    picture = (tmp_path / "large.tif").read_bytes()[offset : offset + count]
    end = (tmp_path / "a.tif").stat().st_size
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+b") as tiff:
        tiff.pages.first.tags["StripOffsets"].overwrite(end)
        tiff.pages.first.tags["StripByteCounts"].overwrite(count)
    with (tmp_path / "a.tif").open("ab") as file:
        file.write(picture)
    with pytest.raises(ScsegError, match="a picture in it has 4000 x 4000 pixels"):
        open_tomogram(tmp_path / "a.tif")
