"""Reading .scna files, each of them taken for hostile until it has been checked.

What passes here is safe to use: sizes are checked before memory is taken, every mask has been unpacked
once, and nothing that the file says is executed. A file that is refused is left as it is.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scseg.annotations.contents import Contents
from scseg.annotations.crop import crop_from_record
from scseg.annotations.feature import LONGEST_NAME, feature_from_record
from scseg.annotations.packed_masks import PackedMask, most_packed_bytes
from scseg.annotations.picked import MOST_BYTES as _MOST_PICKS_BYTES
from scseg.annotations.picked import NO_PICKS, picks_from_record
from scseg.annotations.steps import MOST_FEATURES
from scseg.annotations.storage.database import (
    APPLICATION_ID,
    FORMAT,
    TABLES,
    has_hot_journal,
    open_connection,
)
from scseg.annotations.storage.side_files import foreign_side_files, journal_path, open_journal
from scseg.base.errors import ScsegError
from scseg.base.files.writing import write_errors_as_sentences
from scseg.base.json_values import parse_json
from scseg.datasets.formats.checked_reading import file_length, read_errors_as_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.annotations.crop import Shape
    from scseg.annotations.edits import Point
    from scseg.annotations.picked import PickedParticles
    from scseg.annotations.storage.database import Mode

_MAGIC = b"SQLite format 3\0"
_HEADER_LENGTH = 100
_ROLLBACK_JOURNAL = b"\x01\x01"
_MOST_RECORD_BYTES = 1 << 20
_MOST_BOXES = 1_000_000


def read_database(path: Path, shape: Shape) -> tuple[Contents, str]:
    """Return what a file holds for a tomogram of `shape`, and the mark of its last writer.

    What a transaction that was cut off has changed is left out. No file is changed.

    Raises:
        ScsegError: it cannot be read, is damaged, foreign, of a newer version or of another tomogram.
    """
    check_header(path)
    try:
        with (
            read_errors_as_sentences(path),
            _as_last_committed(Path(os.path.realpath(path))) as database,
        ):
            database.setlimit(
                sqlite3.SQLITE_LIMIT_LENGTH,
                max(_MOST_PICKS_BYTES, most_packed_bytes(*shape[1:]) + 4096),
            )
            database.execute("BEGIN")
            _check_database(database)
            records = dict(database.execute("SELECT name, value FROM record LIMIT 100"))
            _check_shape(path, records, shape)
            return _contents(database, records, shape), _text(records["written"])
    except (sqlite3.Error, ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_READONLY")):
            raise ScsegError(
                f"Cannot read {path}: another program is writing it; try again when it has finished."
            ) from error
        raise ScsegError(
            f"{path} is damaged ({error}); restore it from a backup, or move it away to begin anew."
        ) from error


@contextlib.contextmanager
def _as_last_committed(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file for reading, where need be in a copy, since SQLite has to write in order to roll back."""
    with contextlib.ExitStack() as stack:
        if foreign_side_files(path):
            mode: Mode = "alone"
        elif os.path.lexists(journal_path(path)) and has_hot_journal(path):
            path, mode = stack.enter_context(_copied(path)), "rw"
        else:
            mode = "ro"
        yield stack.enter_context(open_connection(path, mode))


@contextlib.contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """Copy a database and its journal into a folder that nobody else may write."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        with write_errors_as_sentences(copy):
            length = path.stat().st_size + journal_path(path).stat().st_size
            if length > shutil.disk_usage(folder).free:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            with open_journal(path) as file, journal_path(copy).open("xb") as target:
                shutil.copyfileobj(file, target)
            shutil.copyfile(path, copy)
        yield copy


def check_header(path: Path) -> None:
    """Refuse what is no annotation file before SQLite is let at it.

    Raises:
        ScsegError: it cannot be read, is damaged, foreign, or of a newer version.
    """
    file_length(path)
    with read_errors_as_sentences(path), path.open("rb") as file:
        header = file.read(_HEADER_LENGTH)
    application, version = (int.from_bytes(header[at : at + 4]) for at in (68, 60))
    if not header.startswith(_MAGIC) or application != APPLICATION_ID:
        raise ScsegError(
            f"{path} is no annotation of this program, whatever its name says; move it away to begin anew."
        )
    if version > FORMAT:
        raise ScsegError(
            f"{path} was written by a newer version of this program (format {version}, this one knows "
            f"{FORMAT}); install that version to open it."
        )
    if version != FORMAT or header[18:20] != _ROLLBACK_JOURNAL:
        raise ScsegError(
            f"{path} is damaged (its header); restore it from a backup, or move it away to begin anew."
        )


def _check_database(database: sqlite3.Connection) -> None:
    schema = database.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    if schema.fetchmany(100) != [("table", name, sql) for name, sql in TABLES.items()]:
        raise ValueError("it has other tables")
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise ValueError(" ".join(found.split())[:100])


def _check_shape(path: Path, records: dict[str, Any], shape: Shape) -> None:
    of = _json(records["shape"])
    if of != list(shape):
        raise ScsegError(
            f"{path} is of a tomogram of shape {of} (z, y, x), but this one has {list(shape)}; "
            "move it away to begin anew."
        )


def _contents(database: sqlite3.Connection, records: dict[str, Any], shape: Shape) -> Contents:
    listed = _json(records["features"])
    if not isinstance(listed, list) or len(listed) > MOST_FEATURES:
        raise ValueError("its features are no list")
    features = tuple(feature_from_record(record) for record in listed)
    if len({feature.id for feature in features}) != len(features):
        raise ValueError("two features have one id")
    contrast = _text(records["contrast"])
    if not isinstance(_json(contrast), dict):
        raise ValueError("its contrast is no record")
    return Contents(
        shape=shape,
        crop=crop_from_record(_json(records["crop"])).clipped(shape),
        features=features,
        masks=_masks(database, shape),
        boxes=_boxes(database, shape),
        contrast=contrast,
        picks=_picks(records),
    )


def _picks(records: dict[str, Any]) -> PickedParticles:
    """Return the picks; files in which nothing was picked have no record of them."""
    if "picks" not in records:
        return NO_PICKS
    return picks_from_record(_text(records["picks"], _MOST_PICKS_BYTES))


def _masks(database: sqlite3.Connection, shape: Shape) -> dict[tuple[str, int], PackedMask]:
    masks = {}
    for feature, z, data in database.execute("SELECT feature, z, packed FROM mask"):
        _check_place(feature, (z,), shape[:1])
        if not isinstance(data, bytes):
            raise ValueError("a mask is no mask")
        mask = PackedMask(shape[1:], data)
        mask.check()
        masks[feature, z] = mask
    return masks


def _boxes(database: sqlite3.Connection, shape: Shape) -> dict[tuple[str, int], frozenset[Point]]:
    boxes: dict[tuple[str, int], set[Point]] = {}
    rows = database.execute("SELECT feature, z, y, x FROM box LIMIT ?", (_MOST_BOXES + 1,))
    for count, (feature, z, y, x) in enumerate(rows):
        if count == _MOST_BOXES:
            raise ValueError("too many boxes")
        _check_place(feature, (z, y, x), shape)
        boxes.setdefault((feature, z), set()).add((y, x))
    return {key: frozenset(points) for key, points in boxes.items()}


def _check_place(feature: object, place: tuple[object, ...], shape: tuple[int, ...]) -> None:
    if not isinstance(feature, str) or len(feature) > LONGEST_NAME:
        raise ValueError("something is of no feature")
    for index, length in zip(place, shape, strict=True):
        if not isinstance(index, int) or not 0 <= index < length:
            raise ValueError("something lies outside of the tomogram")


def _text(value: object, most: int = _MOST_RECORD_BYTES) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError("a record is no text")
    return value


def _json(raw: object) -> object:
    value: object = parse_json(_text(raw))
    return value
