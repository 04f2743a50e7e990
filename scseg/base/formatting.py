"""Numbers of things, sizes of files and ages as text for people."""

from __future__ import annotations

import math

_PERIODS = ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"))


def noun(count: int, name: str) -> str:
    """Return the name of one thing as it stands after a count: `box` after 1, else `boxes`.

    Of several words the last one changes.
    """
    if count == 1:
        return name
    if name.endswith(("x", "s")):
        return f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("y") and name[-2] not in "aeiou" else f"{name}s"


def counted(count: int, name: str) -> str:
    """Return how many of something there are: `1 box`, `2 boxes`, `0 copies`."""
    return f"{count} {noun(count, name)}"


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
            return f"{counted(count, name)} ago"
    return "just now"


def time_left(seconds: float) -> str:
    """Tell how long something will still take."""
    return f"{format_seconds(seconds)} left"


def format_seconds(seconds: float) -> str:
    """Return a time to wait as text, such as `12 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 100 * 60 else f"{seconds / 3600:.1f} h"
