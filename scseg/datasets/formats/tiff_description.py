"""What the description in a TIFF file tells of its stack: ImageJ's, tifffile's and OME's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from scseg.base.errors import ScsegError
from scseg.base.json_values import parse_json

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST_XML, _MOST_DIGITS = 64 << 20, 9


@dataclass(frozen=True)
class StackLayout:
    """How many images there are along each further axis, as far as a description tells.

    `planes` names the images of the file, in the order of the stack, where that is not the file's order.
    """

    extents: tuple[int, ...] = ()
    planes: tuple[int, ...] = ()

    @property
    def images(self) -> int:
        return math.prod(self.extents)


def parse_description(description: str, page_axes: int, name: Path) -> StackLayout:
    """Return what a description tells, nothing where it is of none of the known kinds.

    `page_axes` counts the axes of one image.

    Raises:
        ScsegError: the images of the stack lie in another file.
        ValueError: the description is damaged.
    """
    if _is_imagej(description):
        return StackLayout(_beyond_one(_imagej(plain_fields(description))))
    if _is_tifffile(description):
        shape = _whole_numbers(parse_json(description).get("shape"))
        return StackLayout(_beyond_one(shape[:-page_axes]))
    if is_ome(description):
        return _ome(description, name)
    return StackLayout()


def plain_fields(description: str) -> dict[str, str]:
    """Return what ImageJ or tifffile say by name; nothing of other descriptions.

    Raises:
        ValueError: the description is damaged.
    """
    if _is_imagej(description):
        lines = (line.partition("=") for line in description.splitlines())
        return {key.strip(): value.strip() for key, _, value in lines}
    if _is_tifffile(description):
        return {key: str(value) for key, value in parse_json(description).items()}
    return {}


def is_ome(description: str) -> bool:
    return description.rstrip().endswith("OME>")


def ome_pixels(description: str) -> dict[str, str]:
    """Return the attributes of the first image's pixels in OME-XML: their numbers and sizes.

    Raises:
        ValueError: the description is damaged.
    """
    pixels = _pixels(_ome_root(description))
    return {} if pixels is None else dict(pixels.attrib)


def _is_imagej(description: str) -> bool:
    return description.startswith("ImageJ=")


def _is_tifffile(description: str) -> bool:
    return description.startswith("{") and '"shape"' in description


def _beyond_one(extents: tuple[int, ...]) -> tuple[int, ...]:
    if not all(1 <= extent < 1 << 31 for extent in extents):
        raise ValueError(f"it describes a stack of {extents} images")
    return tuple(extent for extent in extents if extent > 1)


def _whole_numbers(said: object) -> tuple[int, ...]:
    if not isinstance(said, list) or not all(isinstance(each, int) for each in said):
        raise ValueError("its description has no shape")
    return tuple(said)


def _imagej(said: dict[str, str]) -> tuple[int, ...]:
    """Return frames, slices and channels; where ImageJ tells none of them, the images."""
    extents = tuple(_number(said.get(key, "1")) for key in ("frames", "slices", "channels"))
    return extents if math.prod(extents) > 1 else (_number(said.get("images", "1")),)


def _number(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"its description has the number {text:.20}")
    return int(text)


def _ome(description: str, name: Path) -> StackLayout:
    """Return what OME-XML tells of its first image."""
    root = _ome_root(description)
    pixels = _pixels(root)
    if pixels is None:
        return StackLayout()
    sizes = {axis: _number(pixels.get(f"Size{axis}", "1")) for axis in "TZC"}
    channel = pixels.find("./{*}Channel")
    samples = 1 if channel is None else _number(channel.get("SamplesPerPixel", "1"))
    extents = _beyond_one((sizes["T"], sizes["Z"], max(1, sizes["C"] // max(samples, 1))))
    parts = pixels.findall("./{*}TiffData")
    for part in parts:
        _check_that_it_is_here(part, root.get("UUID"), name)
    return StackLayout(extents, _planes(parts, extents))


def _ome_root(description: str) -> ElementTree.Element:
    if len(description) > _LONGEST_XML or "<!" in description.replace("<!--", ""):
        raise ValueError("its description is no OME-XML")
    try:
        # It defines no entities.
        return ElementTree.fromstring(description)  # noqa: S314
    except ElementTree.ParseError as error:
        raise ValueError(f"its OME-XML is damaged: {error}") from error


def _pixels(root: ElementTree.Element) -> ElementTree.Element | None:
    return root.find("./{*}Image/{*}Pixels")


def _check_that_it_is_here(part: Any, uuid: str | None, name: Path) -> None:  # noqa: ANN401 - an Element
    """Refuse images that lie in another file: whoever wrote the name could mean any file of the user."""
    place = part.find("./{*}UUID")
    if place is None or (uuid and (place.text or "").strip() == uuid):
        return
    file = place.get("FileName", "")
    # Files are packed, or reached by other endings, after the name was written.
    if uuid is None and _bare(file) == _bare(name.name):
        return
    raise ScsegError(
        f"{name} is one part of an OME-TIFF whose images lie in another file, {file[:200]!r}: save all of "
        "them in one file, or as MRC."
    )


def _bare(file: str) -> str:
    """Return the first part of a file's name, without folders and endings."""
    return PurePath(PureWindowsPath(file).name).name.partition(".")[0].lower()


def _planes(parts: list[Any], extents: tuple[int, ...]) -> tuple[int, ...]:
    """Return which image of the file each slice is; nothing where that is not told, or of several axes."""
    count = math.prod(extents)
    planes: dict[int, int] = {}
    for part in parts:
        image = _number(part.get("IFD", "0"))
        first = max(_number(part.get(f"First{axis}", "0")) for axis in "TZC")
        images = _number(part.get("PlaneCount", "1" if "IFD" in part.attrib else str(count)))
        if first + images > count or len(extents) > 1:
            return ()
        planes.update((first + i, image + i) for i in range(images))
    if sorted(planes) != list(range(count)) or count > 1 << 16:
        return ()
    return tuple(planes[z] for z in range(count))
