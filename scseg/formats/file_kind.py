"""What a file is, by its content: asked by the window, the command line and Python alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from scseg.annotations.storage.database import APPLICATION_ID
from scseg.annotations.storage.location import SUFFIX as ANNOTATION_SUFFIX
from scseg.base.errors import ScsegError
from scseg.base.json_values import parse_json
from scseg.compute.volume_records import FORMAT as RECORD
from scseg.datasets.formats.checked_reading import open_checked
from scseg.datasets.formats.mrc_header import HEADER_LENGTH, parse_header
from scseg.datasets.formats.unpack import TIFF_MARKS
from scseg.datasets.tomogram import has_tomogram_name
from scseg.datasets.training_sets.training_set import begins_as_training_set
from scseg.datasets.written_volume import written_volume_in
from scseg.interactions.group import FORMAT as GROUP
from scseg.interactions.group import SUFFIX as GROUP_SUFFIX
from scseg.models.description import FORMAT as MODEL

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.datasets.written_volume import Content

FileKind = Literal[
    "tomogram",
    "prediction",
    "mask",
    "objects",
    "annotation",
    "training set",
    "model",
    "weights",
    "group",
    "record",
    "other",
]
"""Predictions, masks and objects are volumes that this program has written; masks are those of annotations.

A record tells what a prediction depends on, and lies beside it.
"""

_SQLITE, _SQLITE_APPLICATION = b"SQLite format 3\0", slice(68, 72)
_HDF5 = b"\x89HDF\r\n\x1a\n"
_MOST_READ = 1 << 16
_MOST_JSON = 1 << 20
_JSON_KINDS: dict[str, FileKind] = {MODEL: "model", GROUP: "group", RECORD: "record"}
_WRITTEN: dict[Content, FileKind] = {
    "prediction": "prediction",
    "mask": "prediction",
    "objects": "objects",
    "annotation": "mask",
}
_COMMON = ("tomogram", "weights")
"""Other programs write such files, too."""
_NAMED: dict[str, FileKind] = {
    ".scnt": "training set",
    ".scnm": "model",
    ".h5": "weights",
    GROUP_SUFFIX: "group",
    ANNOTATION_SUFFIX: "annotation",
}


def file_kind(path: Path) -> FileKind:
    """Return what a file is. Reads 64 kB, of a model or a group at most a megabyte.

    Where the content says nothing, as in packed and damaged files, the name does. A file of a common format
    that is called as one of this program is taken for that. Whoever opens it tells what is wrong with it.

    Raises:
        ScsegError: the file is missing, empty, a folder, or cannot be read.
    """
    with open_checked(path) as (file, _):
        start = file.read(_MOST_READ)
        if start.lstrip().startswith(b"{"):
            start += file.read(_MOST_JSON + 1 - len(start))
    kind = _by_content(start, path)
    if kind in _COMMON:
        return _NAMED.get(path.suffix.lower(), kind)
    return kind or named_kind(path)


def named_kind(path: Path) -> FileKind:
    """Return what a file calls itself, without a look at it."""
    if has_tomogram_name(path):
        return "tomogram"
    return _NAMED.get(path.suffix.lower(), "other")


def _by_content(start: bytes, path: Path) -> FileKind | None:
    if start.startswith(_SQLITE):
        ours = start[_SQLITE_APPLICATION] == APPLICATION_ID.to_bytes(4, "big")
        return "annotation" if ours else None
    if start.startswith(_HDF5):
        return "weights"
    if start.startswith(TIFF_MARKS):
        return "training set" if begins_as_training_set(start) else "tomogram"
    if start.lstrip().startswith(b"{"):
        return _kind_of_json(start)
    return _kind_of_volume(start[:HEADER_LENGTH], path)


def _kind_of_json(text: bytes) -> FileKind | None:
    try:
        content = parse_json(text) if len(text) <= _MOST_JSON else None
    except ValueError:
        return None
    word = content.get("format") if isinstance(content, dict) else None
    return _JSON_KINDS.get(word) if isinstance(word, str) else None


def _kind_of_volume(start: bytes, path: Path) -> FileKind | None:
    ours = written_volume_in(start)
    if ours is not None:
        return _WRITTEN[ours.content]
    try:
        parse_header(start, path)
    except ScsegError:
        return None
    return "tomogram"
