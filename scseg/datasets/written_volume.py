"""Recognising the volumes that this program has written, by the lines in their headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from mrcfile.dtypes import HEADER_DTYPE

from scseg.base.errors import ScsegError
from scseg.datasets.formats.checked_reading import open_checked
from scseg.datasets.formats.mrc_header import HEADER_LENGTH

if TYPE_CHECKING:
    from pathlib import Path

DIGEST_LABEL = "scseg digest "

_PREDICTION = re.compile(r"scseg \d\S* (overlap \d|whole slices)")
_MASK = re.compile(r"scseg: annotation of ")
_DIGEST = re.compile(re.escape(DIGEST_LABEL) + "([0-9a-f]{64})")


@dataclass(frozen=True)
class WrittenVolume:
    """What the header of a volume of this program tells.

    Attributes:
        label: the line on where its values come from.
        digest: of all that they depend on; None in images of single slices, masks, and older volumes.
        predicted: whether they are of a model, and not of an annotation.
    """

    label: str
    digest: str | None
    predicted: bool


def written_volume(path: Path) -> WrittenVolume | None:
    """Return what a volume of this program says of itself, None for any other file; reads 1024 bytes.

    Raises:
        ScsegError: the file is missing, empty, or cannot be read.
    """
    with open_checked(path) as (file, _):
        return written_volume_in(file.read(HEADER_LENGTH))


def written_volume_in(raw: bytes) -> WrittenVolume | None:
    """Return what the first bytes of a volume of this program say of it, None for those of any other."""
    if len(raw) < HEADER_LENGTH:
        return None
    fields = np.frombuffer(raw, HEADER_DTYPE.newbyteorder("<"), count=1)[0]
    if fields["map"][:3] != b"MAP":
        return None
    labels = [bytes(label).decode("ascii", "replace").rstrip() for label in fields["label"]]
    predicted = _PREDICTION.match(labels[0]) is not None
    if not predicted and not _MASK.match(labels[0]):
        return None
    digest = _DIGEST.fullmatch(labels[1])
    return WrittenVolume(labels[0], digest[1] if digest else None, predicted)


def is_prediction(path: Path) -> bool:
    """Tell whether a file is a volume that this program predicted; what cannot be read is none."""
    try:
        found = written_volume(path)
    except ScsegError:
        return False
    return found is not None and found.predicted
