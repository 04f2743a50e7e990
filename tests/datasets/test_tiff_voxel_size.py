"""Voxel sizes of TIFF files, in the words of the programs that write them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import tifffile

from scseg.datasets.formats.tiff_voxel_size import angstroms
from scseg.datasets.tomogram import open_tomogram

VALUES = np.zeros((5, 12, 10), np.uint8)

UNITS = {
    1: [
        "A",
        "a",
        "Å",
        "Å",
        "ångström",
        "Ångström",
        "Angstrom",
        "angstroms",
        "ANGSTROM",
        "Ang.",
        "angström",
        "Å",
        "\\u00C5",
        "\u212b",
        "\u00c5",
        "\\u212B",
    ],
    10: ["nm", "NM", "nanometer", "Nanometers", "nanometre", "nm.", "(nm)", "㎚"],
    1e4: [
        "um",
        "µm",
        "μm",
        "\\u00B5m",
        "\\u00b5m",
        "\\u03BCm",
        "micron",
        "microns",
        "Micrometers",
        "micrometre",
        "㎛",
        "Âµm",
        "µ",
        " µm ",
        "\u00b5m",
        "\u03bcm",
    ],
    0.01: ["pm", "picometer"],
    1e7: ["mm", "millimeters"],
    0: ["", "pixel", "pixels", "inch", "inches", "cm", " ", "\\u0020", "furlong", "s", "\\u00"],
}


@pytest.mark.parametrize(
    ("size", "unit"), [(s, unit) for s, all_ in UNITS.items() for unit in all_]
)
def test_a_unit_in_any_spelling(size, unit):
    assert angstroms(unit) == size


def imagej(path, lines, resolution=(1.0, 1.0)):
    """Write a stack as ImageJ does, which speaks in lines of the first description, in Latin-1."""
    text = "\n".join(["ImageJ=1.53t", f"images={len(VALUES)}", f"slices={len(VALUES)}", *lines, ""])
    tifffile.imwrite(
        path,
        VALUES,
        photometric="minisblack",
        metadata=None,
        resolution=tuple(Fraction(each).limit_denominator(10**6) for each in resolution),
        resolutionunit="NONE",
        description=text.encode("latin-1"),
    )
    return path


@pytest.mark.parametrize(
    "unit", ["\\u00B5m", "µm", "um", "micron", "Âµm", "\u00b5m".encode().decode("latin-1")]
)
def test_micrometers_as_imagej_wrote_them_over_the_years(tmp_path, unit):
    path = imagej(tmp_path / "t.tif", [f"unit={unit}", "spacing=0.005"], (1000, 500))
    tomogram = open_tomogram(path)
    assert tomogram.voxel_size == pytest.approx((50, 20, 10))


@pytest.mark.parametrize(
    ("lines", "size"),
    [
        (["unit=nm", "spacing=2"], (20, 10, 10)),
        (["unit=nm", "spacing=-2"], (20, 10, 10)),
        (["unit=nm", "spacing=-2.0E0"], (20, 10, 10)),
        (["unit=nm", "zunit=\\u00C5", "spacing=15"], (15, 10, 10)),
        (["unit=nm", "zunit=micron", "spacing=0.0015"], (15, 10, 10)),
        (["unit=nm", "yunit=A", "zunit=A", "spacing=15"], (15, 1, 10)),
        (["unit=nm", "spacing=2,5"], (10, 10, 10)),
        (["unit=nm", "spacing=nan"], None),
        (["unit=nm", "spacing=1e999"], None),
        (["unit=nm"], (10, 10, 10)),
        (["unit=pixel", "spacing=2"], None),
        (["spacing=2"], None),
        (["unit=inch", "spacing=2"], None),
        (["unit=cm", "spacing=2"], None),
    ],
)
def test_spacing_and_units_of_axes(tmp_path, lines, size):
    tomogram = open_tomogram(imagej(tmp_path / "t.tif", lines))
    assert tomogram.voxel_size == (None if size is None else pytest.approx(size))


def test_slices_far_apart_are_told(tmp_path):
    tomogram = open_tomogram(imagej(tmp_path / "t.tif", ["unit=nm", "spacing=50"]))
    assert tomogram.voxel_size == pytest.approx((500, 10, 10))
    assert "500 A apart" in tomogram.warnings[0]


@pytest.mark.parametrize(
    ("unit", "size"), [("nm", 1.392), ("Å", 13.92), ("µm", 0.001392), (None, 0.001392)]
)
def test_the_physical_size_of_ome(tmp_path, unit, size):
    metadata = {
        "axes": "ZYX",
        "PhysicalSizeX": size,
        "PhysicalSizeY": size,
        "PhysicalSizeZ": 2 * size,
    }
    if unit is not None:
        metadata |= {f"PhysicalSize{axis}Unit": unit for axis in "XYZ"}
    tifffile.imwrite(tmp_path / "t.ome.tif", VALUES, metadata=metadata, ome=True)
    tomogram = open_tomogram(tmp_path / "t.ome.tif")
    assert tomogram.voxel_size == pytest.approx((27.84, 13.92, 13.92))
    assert tomogram.warnings == ()


def test_what_tifffile_is_told(tmp_path):
    metadata = {"axes": "ZYX", "spacing": 2.784, "unit": "nm"}
    resolution = (1 / 1.392, 1 / 1.392)
    for name, options in (("plain.tif", {}), ("ij.tif", {"imagej": True})):
        tifffile.imwrite(
            tmp_path / name, VALUES, metadata=metadata, resolution=resolution, **options
        )
        assert open_tomogram(tmp_path / name).voxel_size == pytest.approx((27.84, 13.92, 13.92))


def test_a_thumbnail_s_resolution_is_not_the_stack_s(tmp_path):
    with tifffile.TiffWriter(tmp_path / "t.tif") as tiff:
        tiff.write(VALUES[0, :4, :4], metadata=None, resolution=(5, 5))
        for number, image in enumerate(VALUES):
            text = "ImageJ=1.53t\nimages=5\nslices=5\nunit=nm\nspacing=1\n" if number == 0 else None
            tiff.write(image, metadata=None, resolution=(0.5, 0.5), description=text)
    assert open_tomogram(tmp_path / "t.tif").voxel_size == pytest.approx((10, 20, 20))
