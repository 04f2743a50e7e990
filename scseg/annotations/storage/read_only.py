"""Reading annotations without editing them: no lock is taken and no file is changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scseg.annotations.contents import Contents
from scseg.annotations.storage.location import annotation_path, fallback_path
from scseg.annotations.storage.reading import read_database
from scseg.base.errors import ScsegError
from scseg.datasets.formats.checked_reading import file_length
from scseg.datasets.formats.unpack import TIFF_SUFFIXES
from scseg.datasets.tomogram import MRC_SUFFIXES

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.annotations.crop import Shape


def read_annotation(tomogram: Path, shape: Shape) -> Contents:
    """Read the annotation of a tomogram.

    Args:
        tomogram: the file of the tomogram.
        shape: of the tomogram, voxels along (z, y, x).

    Returns:
        Features, masks and boxes; empty where nothing has been annotated.

    Raises:
        ScsegError: its file is damaged, foreign, of a newer version or of another tomogram.
    """
    return read_annotation_file(find_annotation_file(tomogram), shape)


def find_annotation_file(tomogram: Path) -> Path:
    """Return the path of the annotation of a tomogram, whether or not it exists."""
    own = fallback_path(tomogram)
    return own if os.path.lexists(own) else annotation_path(tomogram)


def read_annotation_file(file: Path, shape: Shape) -> Contents:
    """Read an annotation file (.scna) of a tomogram of `shape` (z, y, x); empty where there is no file.

    Raises:
        ScsegError: it is damaged, foreign, of a newer version or of another tomogram.
    """
    return read_database(file, shape)[0] if os.path.lexists(file) else Contents.empty(shape)


def tomogram_of(annotation: Path) -> Path:
    """Return the tomogram that an annotation file stands beside: `t.mrc` for `t.mrc.scna`, or for `t.scna`.

    Raises:
        ScsegError: it is not there.
    """
    file_length(annotation)
    suffixes = ("", *MRC_SUFFIXES, *TIFF_SUFFIXES)
    beside = [annotation.with_suffix(suffix) for suffix in suffixes]
    found = [path for path in beside if path.is_file()]
    if not found:
        raise ScsegError(
            f"The tomogram of {annotation} is not beside it: put both into one folder, as t.mrc and "
            "t.mrc.scna, or name the tomogram itself."
        )
    return found[0]
