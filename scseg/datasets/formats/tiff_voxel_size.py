"""The voxel size that a TIFF file tells, in the units of ImageJ, tifffile and OME."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from scseg.datasets.formats.tiff_description import is_ome, ome_pixels, plain_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    import tifffile

    from scseg.datasets.formats.volume import Triple

_UNITS = {
    0.01: ("pm", "picometer", "picometre"),
    1.0: ("a", "å", "ang", "angstrom", "angstroem", "angström", "ångstrom", "ångström"),
    10.0: ("nm", "nanometer", "nanometre"),
    1e4: ("um", "μm", "μ", "micron", "micrometer", "micrometre"),
    1e7: ("mm", "millimeter", "millimetre"),
}
_ANGSTROMS = {word: size for size, words in _UNITS.items() for word in words}
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})", re.IGNORECASE)


def angstroms(unit: str) -> float:
    """Return how many A a unit has; 0 where it is none of length, or one that scanners use."""
    text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), unit)
    # It makes the sign for micro a Greek letter, that for angstrom A with a ring, and that one letter.
    text = unicodedata.normalize("NFKC", text).strip(" \t.()[]\ufeff").lower()
    # UTF-8 that was read as Latin-1 and written once more.
    text = text.replace("âμ", "μ")
    return _ANGSTROMS.get(text) or _ANGSTROMS.get(text.removesuffix("s"), 0.0)


def told_voxel_size(page: tifffile.TiffPage, description: str) -> Triple:
    """Return the voxel size in A along z, y and x, 0 where the file does not tell.

    `page` is one of the stack, with the tags for resolution. Dots per inch are no voxel size.

    Raises:
        ValueError: the description is damaged.
    """
    if is_ome(description):
        z, y, x = (_ome_size(ome_pixels(description), axis) for axis in "ZYX")
        return z, y, x
    said = plain_fields(description)
    unit = said.get("unit", "")
    x, y = (_pixel(page, tag) for tag in ("XResolution", "YResolution"))
    # ImageJ leaves those out that are as along x. A stack that it has turned over has a negative spacing.
    y_unit, z_unit = said.get("yunit", unit), said.get("zunit", unit)
    z = abs(_number(said.get("spacing", "")))
    return z * angstroms(z_unit), y * angstroms(y_unit), x * angstroms(unit)


def _ome_size(pixels: Mapping[str, str], axis: str) -> float:
    unit = pixels.get(f"PhysicalSize{axis}Unit", "µm")
    return abs(_number(pixels.get(f"PhysicalSize{axis}", ""))) * angstroms(unit)


def _pixel(page: tifffile.TiffPage, tag: str) -> float:
    """Return the size of a pixel in the file's unit, 0 where there is none."""
    if tag not in page.tags:
        return 0.0
    pixels, units = page.tags[tag].value
    return float(units / pixels) if pixels else 0.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
