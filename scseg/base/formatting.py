"""Sizes of files and ages as text for people."""

from __future__ import annotations

import math

_PERIODS = ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"))


def format_bytes(size: int) -> str:
    """Return a number of bytes as text, such as `1.5 MB`."""
    if size < 1e6:
        return f"{math.ceil(size / 1e3)} kB"
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.2f} GB"


def format_age(seconds: float) -> str:
    """Return how long ago something was, in the largest whole unit, such as `3 hours ago`."""
    for length, name in _PERIODS:
        count = int(seconds // length)
        if count >= 1:
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"


def time_left(seconds: float) -> str:
    """Tell how long something will still take."""
    return f"{seconds:.0f} s left" if seconds < 90 else f"{seconds / 60:.0f} min left"
