"""Which volumes this program has written, and what they hold: the lines in their headers tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from mrcfile.dtypes import HEADER_DTYPE

from scseg import __version__
from scseg.datasets.formats.checked_reading import open_checked
from scseg.datasets.formats.mrc_header import HEADER_LENGTH

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.datasets.tomogram import Tomogram

Content = Literal["prediction", "mask", "objects", "annotation"]
"""Predictions hold values, masks what reached a model's threshold, objects labels; annotations are drawn."""

DIGEST_LABEL = "scseg digest "

_OURS = re.compile(r"scseg \d\S* (overlap \d|whole slices|objects:)([^:]*)")
"""The program, its version and settings; behind a colon come names, which may be anything."""
_ANNOTATION = re.compile(r"scseg: annotation of ")
_DIGEST = re.compile(re.escape(DIGEST_LABEL) + "([0-9a-f]{64})")


@dataclass(frozen=True)
class WrittenVolume:
    """What the header of a volume of this program tells.

    Attributes:
        label: the line on where its values come from.
        digest: of all that they depend on; only in volumes of predictions.
        content: what its values are.
    """

    label: str
    digest: str | None
    content: Content


def objects_label(of: str) -> str:
    """Return the label of a volume of objects, which were found in the file `of`."""
    return f"scseg {__version__} objects: {of}"


def written_volume(path: Path) -> WrittenVolume | None:
    """Return what a volume of this program says of itself, None for any other file; reads 1024 bytes.

    Raises:
        ScsegError: the file is missing, empty, or cannot be read.
    """
    with open_checked(path) as (file, _):
        return written_volume_in(file.read(HEADER_LENGTH))


def own_content(volume: Tomogram) -> Content | None:
    """Return what a volume holds that this program wrote, packed or not; None for those of other programs.

    Raises:
        ScsegError: the file is gone.
    """
    with open_checked(volume.stored.file, volume.path) as (file, _):
        ours = written_volume_in(file.read(HEADER_LENGTH))
    return None if ours is None else ours.content


def written_volume_in(raw: bytes) -> WrittenVolume | None:
    """Return what the first bytes of a volume of this program say of it, None for those of any other."""
    if len(raw) < HEADER_LENGTH:
        return None
    fields = np.frombuffer(raw, HEADER_DTYPE.newbyteorder("<"), count=1)[0]
    if fields["map"][:3] != b"MAP":
        return None
    labels = [bytes(label).decode("ascii", "replace").rstrip() for label in fields["label"]]
    content = _content(labels[0])
    digest = _DIGEST.fullmatch(labels[1])
    return content and WrittenVolume(labels[0], digest[1] if digest else None, content)


def _content(label: str) -> Content | None:
    if _ANNOTATION.match(label):
        return "annotation"
    ours = _OURS.match(label)
    if ours is None:
        return None
    if ours[1] == "objects:":
        return "objects"
    return "mask" if " threshold " in ours[2] else "prediction"
