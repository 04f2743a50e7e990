"""Copying annotations to the new folder of tomograms that were moved."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scseg.annotations.contents import Contents
from scseg.annotations.storage.location import annotation_path, fallback_path
from scseg.annotations.storage.reading import read_database
from scseg.annotations.storage.writing import save_copy
from scseg.base.errors import ScsegError
from scseg.base.files.writing import write_errors_as_sentences

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.annotations.crop import Shape


def read_left_behind(tomogram: Path, shape: Shape) -> Contents | None:
    """Read the annotation at the old path of a tomogram, of `shape` (z, y, x); None where there is none.

    Raises:
        ScsegError: its file is damaged, or not of this tomogram.
    """
    for path in (fallback_path(tomogram), annotation_path(tomogram)):
        if os.path.lexists(path):
            return read_database(path, shape)[0]
    return None


def copy_to_moved_tomogram(contents: Contents, tomogram: Path) -> bool:
    """Copy an annotation beside the new path of its tomogram, and return True; an empty one needs no file.

    Return False, and copy nothing, where an annotation is there already: the user has moved it, too.

    Raises:
        ScsegError: it can be written neither there nor into the user's data folder.
    """
    beside, own = annotation_path(tomogram), fallback_path(tomogram)
    if os.path.lexists(beside) or os.path.lexists(own):
        return False
    if contents == Contents.empty(contents.shape):
        return True
    try:
        save_copy(beside, contents)
    except ScsegError:
        save_to_fallback_folder(contents, tomogram)
    return True


def save_to_fallback_folder(contents: Contents, tomogram: Path) -> None:
    """Write the annotation of a tomogram into the user's data folder, where `choose_location` finds it.

    Raises:
        ScsegError: it cannot be written there either.
    """
    own = fallback_path(tomogram)
    with write_errors_as_sentences(own):
        own.parent.mkdir(parents=True, exist_ok=True)
    save_copy(own, contents)
