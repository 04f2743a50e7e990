"""A tomogram as the session needs it, read from its file; for a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.compute.messages import TomogramRef
from scseg.datasets.tomogram import Tomogram, open_tomogram

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.base.progress import Report

Loaded = tuple[Tomogram, TomogramRef]


def loaded(path: Path, signed: bool | None, report: Report) -> Loaded:  # noqa: FBT001 - as in refs
    """Open a tomogram as the session needs it.

    Raises:
        ScsegError: the file cannot be read, or is no tomogram.
        CancelledError: from `report`, while unpacking.
    """
    tomogram = open_tomogram(path, signed=signed, report=report)
    return tomogram, TomogramRef(str(path), None, signed, _changed_at(path))


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise ScsegError(f"{path} cannot be read any more ({error.strerror}).") from error
