"""Folders for results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.files.writing import write_errors_as_sentences

if TYPE_CHECKING:
    from pathlib import Path


def made_folder(path: Path) -> Path:
    """Return a folder for results, created if need be.

    Raises:
        ScsegError: it cannot be created.
    """
    with write_errors_as_sentences(path):
        path.mkdir(parents=True, exist_ok=True)
    return path
