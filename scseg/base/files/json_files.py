"""Files in which the program keeps what is its own: settings, the last session, the library of features.

Losing one costs a user some clicks. So one that is damaged or foreign is read for what it still says; but
one of a newer program version, which says more than this one knows, is left as it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scseg.base.errors import ScsegError
from scseg.base.files import regular_files, writing
from scseg.base.json_values import as_dict, salvage_json

if TYPE_CHECKING:
    from pathlib import Path


class NewerError(ScsegError):
    """A file was written by a newer version of the program, and must not be overwritten."""


@dataclass(frozen=True)
class JsonFormat:
    """What a kind of file calls itself, its newest version that this program knows, and its largest size.

    Files of before there were versions have neither a name nor a version in them.
    """

    name: str
    version: int
    most_bytes: int


def read_json(path: Path, form: JsonFormat) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Read a file, each value within the bounds of `json_values`; None where it is missing or empty.

    Raises:
        NewerError: it is of a newer version of the program.
    """
    try:
        with regular_files.open_to_read(path) as file:
            content = salvage_json(file.read(form.most_bytes))
    except (OSError, ValueError):
        return None
    if _is_newer(content, form):
        raise NewerError(
            f"{path} was written by a newer version of this program and is left as it is: update the "
            "program, or move the file away."
        )
    return content


def write_json(content: dict[str, Any], path: Path, form: JsonFormat) -> None:
    """Write a file.

    Raises:
        NewerError: there is one of a newer version of the program.
        ScsegError: the file cannot be written.
    """
    read_json(path, form)
    content = {"format": form.name, "version": form.version, **content}
    # ASCII, with escapes for all else: so names that are not UTF-8 can be written, too.
    writing.atomic_write(path, json.dumps(content, indent=1).encode("ascii"))


def _is_newer(content: object, form: JsonFormat) -> bool:
    header = as_dict(content)
    version = header.get("version")
    known = type(version) is int and version <= form.version
    return header.get("format") == form.name and not known
