"""Slices in the names of files count from 0, in the window from 1: what the user is told of it."""

from __future__ import annotations

import re

_SLICE = re.compile(r"_slice_(\d{1,9})(?=\.|$)")


def note(name: str) -> str:
    """Return which slice of the window the name of a file means; nothing where it has no such number."""
    found = _SLICE.search(name)
    if found is None:
        return ""
    number = int(found[1])
    return f"Slices count from 0 in file names: {number} is slice {number + 1} of the window."
