"""Which volumes this program wrote itself, and what they hold: their first label tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from scseg import __version__
from scseg.datasets.formats.checked_reading import open_checked
from scseg.datasets.formats.mrc_header import HEADER_LENGTH

if TYPE_CHECKING:
    from scseg.datasets.tomogram import Tomogram

Content = Literal["prediction", "mask", "objects"]

_MAP, _FIRST_LABEL = slice(208, 211), slice(224, 304)
_OURS = re.compile(r"scseg \d\S* (overlap|whole slices|objects)([^:]*)")
"""The program, its version and settings; behind a colon come names, which may be anything."""
FULL_SCALE = 127
"""The value of a prediction of 1 in a volume of bytes."""


def objects_label(of: str) -> str:
    """Return the label of a volume of objects, which were found in the file `of`."""
    return f"scseg {__version__} objects: {of}"


def own_content(volume: Tomogram) -> Content | None:
    """Return what a volume holds that this program wrote; None for those of other programs.

    Raises:
        ScsegError: the file is gone.
    """
    with open_checked(volume.stored.file, volume.path) as (file, _):
        header = file.read(HEADER_LENGTH)
    ours = _OURS.match(header[_FIRST_LABEL].decode("ascii", "replace"))
    if header[_MAP] != b"MAP" or ours is None:
        return None
    if ours[1] == "objects":
        return "objects"
    return "mask" if " threshold " in ours[2] else "prediction"
