"""An annotation follows its tomogram to the place that the file was moved to."""

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
    """Return the annotation that still lies where a tomogram of `shape` was, if there is one.

    Raises:
        ScsegError: its file is damaged, or not of this tomogram.
    """
    for path in (fallback_path(tomogram), annotation_path(tomogram)):
        if os.path.lexists(path):
            return read_database(path, shape)[0]
    return None


def copy_to_moved_tomogram(contents: Contents, tomogram: Path) -> bool:
    """Copy an annotation to the new place of its tomogram, unless that has one: then it was moved along.

    Return whether all that is annotated is there now.

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
    """Write the annotation of a tomogram into the user's data folder, where it is found again.

    Raises:
        ScsegError: it cannot be written there either.
    """
    own = fallback_path(tomogram)
    with write_errors_as_sentences(own):
        own.parent.mkdir(parents=True, exist_ok=True)
    save_copy(own, contents)
