"""TIFF stacks written by tifffile and OpenCV, against what we read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np
import pytest
import tifffile

from scseg.base.errors import CancelledError, ScsegError
from scseg.datasets.tomogram import open_tomogram

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class Disk(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def values(rng: np.random.Generator) -> NDArray[Any]:
    return rng.integers(0, 60000, (5, 40, 30)).astype("u2")


def mapped_file(path: Path) -> Path:
    tomogram = open_tomogram(path)
    assert isinstance(tomogram.voxels, np.memmap)
    return tomogram.stored.file


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"metadata": None},
        {"imagej": True},
        {"bigtiff": True},
        {"byteorder": ">"},
        {"ome": True},
        {"rowsperstrip": 7},
    ],
)
@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
def test_uncompressed_stacks_are_mapped_where_they_lie(
    tmp_path: Path, values: NDArray[Any], kind: str, options: dict[str, Any]
) -> None:
    path = tmp_path / "a.tif"
    values = values.astype(kind)
    tifffile.imwrite(path, values, photometric="minisblack", **options)
    tomogram = open_tomogram(path)
    np.testing.assert_array_equal(tomogram.voxels, values)
    np.testing.assert_array_equal(tomogram.slice(3), values[3].astype("f4"))
    assert not tomogram.voxels.flags.writeable
    assert mapped_file(path) == path
    assert tomogram.voxel_size is None
    assert tomogram.origin == (0, 0, 0)
    assert tomogram.nstart == (0, 0, 0)
    assert tomogram.warnings == ()


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "zlib"},
        {"compression": "lzw", "tile": (16, 16)},
        {"compression": "zstd", "predictor": True},
        {"tile": (16, 16)},
        {"compression": "zlib", "volumetric": True, "tile": (4, 16, 16)},
    ],
)
def test_what_cannot_be_mapped_is_unpacked_into_the_cache(
    tmp_path: Path, scseg_home: Path, values: NDArray[Any], options: dict[str, Any]
) -> None:
    path = tmp_path / "a.tiff"
    tifffile.imwrite(path, values, photometric="minisblack", **options)
    told: list[float] = []
    tomogram = open_tomogram(path, report=lambda fraction, _text: told.append(fraction))
    np.testing.assert_array_equal(tomogram.voxels, values)
    assert mapped_file(path).parent == scseg_home / "cache" / "unpacked"
    assert told == sorted(told)
    assert 0 <= min(told) <= max(told) <= 1
    told.clear()
    open_tomogram(path, report=lambda fraction, _text: told.append(fraction))
    assert told == []


def test_pages_written_one_by_one_by_another_library(tmp_path: Path, values: NDArray[Any]) -> None:
    path = tmp_path / "a.tif"
    assert cv2.imwritemulti(str(path), list(values))
    np.testing.assert_array_equal(open_tomogram(path).voxels, values)


def test_masks_of_one_bit(tmp_path: Path, values: NDArray[Any]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", values > 30000)
    tomogram = open_tomogram(tmp_path / "a.tif")
    np.testing.assert_array_equal(tomogram.slice(2), (values[2] > 30000).astype("f4"))


def test_a_single_image_is_a_volume_of_one_slice(tmp_path: Path, values: NDArray[Any]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", values[0])
    np.testing.assert_array_equal(open_tomogram(tmp_path / "a.tif").voxels, values[:1])


@pytest.mark.parametrize(
    ("unit", "angstroms"),
    [("nm", 10), ("um", 1e4), ("micron", 1e4), ("\\u00B5m", 1e4), ("A", 1), ("Angstrom", 1)],
)
def test_the_voxel_size_that_imagej_writes(
    tmp_path: Path, values: NDArray[Any], unit: str, angstroms: float
) -> None:
    per_pixel = 13.92 / angstroms
    tifffile.imwrite(
        tmp_path / "a.tif",
        values,
        imagej=True,
        resolution=(1 / per_pixel, 1 / per_pixel),
        metadata={"axes": "ZYX", "unit": unit, "spacing": 2 * per_pixel},
    )
    tomogram = open_tomogram(tmp_path / "a.tif")
    assert tomogram.voxel_size == pytest.approx((27.84, 13.92, 13.92), rel=1e-6)
    assert tomogram.warnings == ()


@pytest.mark.parametrize("metadata", [{"unit": "pixel"}, {"unit": "inch"}, {}, {"unit": ""}])
def test_other_units_tell_nothing(
    tmp_path: Path, values: NDArray[Any], metadata: dict[str, Any]
) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", values, imagej=True, resolution=(300, 300), metadata=metadata
    )
    assert open_tomogram(tmp_path / "a.tif").voxel_size is None


def test_dots_per_inch_are_no_voxel_size(tmp_path: Path, values: NDArray[Any]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", values, resolution=(300, 300), resolutionunit="INCH")
    tomogram = open_tomogram(tmp_path / "a.tif")
    assert tomogram.voxel_size is None
    assert tomogram.warnings == ()


@pytest.mark.parametrize(
    ("shape", "kind", "options", "sentence"),
    [
        ((5, 9, 8, 3), "u1", {"photometric": "rgb"}, "holds colours"),
        ((5, 2, 9, 8), "u1", {"imagej": True, "metadata": {"axes": "ZCYX"}}, "4 dimensions"),
        ((2, 5, 9, 8), "f4", {"photometric": "minisblack"}, "4 dimensions"),
        ((5, 9, 8), "c8", {"photometric": "minisblack"}, "no grey values"),
    ],
)
def test_what_is_no_volume_of_grey_values_is_refused(
    tmp_path: Path, shape: tuple[int, ...], kind: str, options: dict[str, Any], sentence: str
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.zeros(shape, kind), **options)
    with pytest.raises(ScsegError, match=rf"a\.tif.*{sentence}"):
        open_tomogram(tmp_path / "a.tif")


@pytest.mark.parametrize(
    "options", [{}, {"metadata": None}, {"imagej": True}, {"compression": "zlib"}]
)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_stack_never_opens_as_a_smaller_one(
    tmp_path: Path, values: NDArray[Any], options: dict[str, Any], part: float
) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, values, photometric="minisblack", **options)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(part * len(whole))])
    with pytest.raises(ScsegError, match=r"a\.tif is .*(truncated|damaged)"):
        open_tomogram(path)


def test_a_small_file_that_announces_a_huge_image_is_not_unpacked(
    tmp_path: Path, values: NDArray[Any]
) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, values, compression="zlib", metadata=None, rowsperstrip=40)
    with tifffile.TiffFile(path, mode="r+b") as tiff:
        for page in tiff.pages:
            page.tags["ImageLength"].overwrite(40_000_000)
            page.tags["RowsPerStrip"].overwrite(40_000_000)
    with pytest.raises(
        ScsegError, match=r"a\.tif is truncated or damaged: it announces 12000000000 "
    ):
        open_tomogram(path)


def test_an_image_that_claims_more_than_the_disk_holds_is_not_unpacked(
    tmp_path: Path, scseg_home: Path, values: NDArray[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, values, compression="zlib")
    monkeypatch.setattr("shutil.disk_usage", lambda _: Disk(10**6, 0, 1000))
    before = set((scseg_home / "cache").rglob("*"))
    with pytest.raises(ScsegError, match=r"a\.tif takes .* unpacked.*SCSEG_HOME"):
        open_tomogram(path)
    assert {p for p in (scseg_home / "cache").rglob("*") if p.is_file()} <= before


def write_pages(path: Path, pages: list[NDArray[Any]], **options: Any) -> None:
    with tifffile.TiffWriter(path) as tiff:
        for page in pages:
            tiff.write(page, photometric="minisblack", **options)


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_a_thumbnail_at_any_place_is_no_slice(
    tmp_path: Path, values: NDArray[Any], compression: str | None
) -> None:
    for place in (0, 3, 5):
        pages = list(values)
        pages.insert(place, np.zeros((10, 12), "u1"))
        write_pages(tmp_path / f"{place}.tif", pages, metadata=None, compression=compression)
        tomogram = open_tomogram(tmp_path / f"{place}.tif")
        np.testing.assert_array_equal(tomogram.voxels, values)
        assert tomogram.warnings == (
            f"Of the file's 6 images, 1 is no part of the stack and is left out: that, image {place + 1}, "
            "has 12 x 10 pixels.",
        )


def test_a_slice_of_another_size_is_told(tmp_path: Path, values: NDArray[Any]) -> None:
    write_pages(tmp_path / "a.tif", [values[0], values[1][:, :29], *values[2:]], metadata=None)
    tomogram = open_tomogram(tmp_path / "a.tif")
    np.testing.assert_array_equal(tomogram.voxels, values[[0, 2, 3, 4]])
    (warning,) = tomogram.warnings
    assert "image 2, has 29 x 40 pixels" in warning


def test_slices_that_were_written_one_by_one_are_one_stack(
    tmp_path: Path, values: NDArray[Any]
) -> None:
    # tifffile then describes each as a stack of its own.
    write_pages(tmp_path / "a.tif", list(values))
    np.testing.assert_array_equal(open_tomogram(tmp_path / "a.tif").voxels, values)


def test_pictures_of_one_image_are_read(tmp_path: Path, values: NDArray[Any]) -> None:
    grey = (values // 256).astype("u1")
    tifffile.imwrite(tmp_path / "a.tif", grey, compression="jpeg", photometric="minisblack")
    expected = tifffile.imread(tmp_path / "a.tif")
    np.testing.assert_array_equal(open_tomogram(tmp_path / "a.tif").voxels, expected)


def test_other_codecs_are_refused(tmp_path: Path, values: NDArray[Any]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", values, compression="jpeg2000", photometric="minisblack")
    with pytest.raises(ScsegError, match=r"a\.tif is compressed in a way .*LZW"):
        open_tomogram(tmp_path / "a.tif")


def test_an_image_is_abandoned_within(tmp_path: Path, scseg_home: Path) -> None:
    # One image in a thousand strips.
    tifffile.imwrite(
        tmp_path / "a.tif", np.zeros((4000, 50), "u1"), compression="zlib", rowsperstrip=4
    )
    told: list[float] = []

    def cancel(fraction: float, _text: str) -> None:
        told.append(fraction)
        if fraction > 0.5:
            raise CancelledError

    with pytest.raises(CancelledError):
        open_tomogram(tmp_path / "a.tif", report=cancel)
    assert len(told) > 400
    assert not [file for file in (scseg_home / "cache").rglob(".*") if file.is_file()]
