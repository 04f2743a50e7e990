"""Names of files that are made of other names, as long as file systems allow."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 220
"""A name may have 255 bytes; those that a file has while it is written, or beside others, are longer."""


def fit_file_name(name: str, ending: str = "") -> str:
    """Return the name of a file with its ending, cut so that it has at most `MOST_BYTES` bytes.

    A name that is cut ends with `~` and a hash of all of it, which keeps apart names that begin alike.
    """
    whole, end = _encoded(name), _encoded(ending)
    if len(whole) + len(end) <= MOST_BYTES:
        return name + ending
    mark = "~" + hashlib.sha256(whole).hexdigest()[:8]
    return truncate_to_bytes(name, MOST_BYTES - len(end) - len(mark)) + mark + ending


def truncate_to_bytes(text: str, most_bytes: int) -> str:
    """Return the beginning of a text that has at most `most_bytes` bytes in the name of a file."""
    return _encoded(text)[: max(0, most_bytes)].decode("utf-8", "ignore")


def with_suffix(path: Path, suffix: str) -> Path:
    """Return the path with a suffix, at the end of its name if it has not got it yet."""
    if path.suffix.lower() == suffix.lower():
        return path
    return path.with_name(path.name + suffix)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", sys.getfilesystemencodeerrors())
