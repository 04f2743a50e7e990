"""What JSON says: parsed with distrust, and taken over as far as it makes sense where that will do.

Every number, text and nesting that comes from here is within bounds, so that no reader has to ask again.
"""

from __future__ import annotations

import json
import math
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Odd = Callable[[str], Any]

MOST_ROWS = 10_000
DEEPEST = 32
MOST_CONTAINERS = 1_000_000
"""So many lists and objects, and five times as many values, take seconds to parse, and half a gigabyte."""

LONGEST_TEXT = 32_768
"""In characters: the longest path that there is, on Windows."""

LARGEST_INT = 2**63 - 1
"""What NumPy's int64 holds."""

LARGEST_FLOAT = 3.4028234663852886e38
"""The largest number of 32 bits: neither the slices nor ImGui's controls know a larger one."""

LARGEST_COUNT = 2**31 - 1
"""The largest whole number of ImGui's controls."""


def parse_json(text: str | bytes) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return what JSON says.

    Raises:
        ValueError: it is none, or holds what no reader takes: a number, text or nesting out of bounds, text
            that no file name and no file can hold, a name that stands twice.
    """
    return _read(text, _refuse)


def salvage_json(text: str | bytes) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return what JSON says, with None for whatever `parse_json` refuses.

    Of a name that stands twice, the last counts.

    Raises:
        ValueError: it is no JSON, nested without end, or of millions of values.
    """
    return _read(text, _leave_out)


def _refuse(why: str) -> NoReturn:
    raise ValueError(why)


def _leave_out(why: str) -> None:
    """Let None stand there."""


def _read(text: str | bytes, odd: Odd) -> Any:  # noqa: ANN401 - whatever JSON can say
    # Editors of other systems put a mark before UTF-8.
    text = text if isinstance(text, str) else text.decode("utf-8-sig")
    # Counted before they are made.
    if text.count("[") + text.count("{") > MOST_CONTAINERS or text.count(",") > 5 * MOST_CONTAINERS:
        raise ValueError("it holds too many values")
    try:
        content = json.loads(
            text,
            parse_int=partial(_whole, odd),
            parse_constant=lambda name: odd(f"it holds {name}"),
            object_pairs_hook=partial(_object, odd),
        )
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return _bounded(content, odd, DEEPEST)


def _whole(odd: Odd, digits: str) -> Any:  # noqa: ANN401 - whatever stands for an odd one
    # Before they are converted: that takes long for millions of digits.
    number = int(digits) if len(digits) < 25 else LARGEST_INT + 1
    return number if abs(number) <= LARGEST_INT else odd("a number in it is too large")


def _object(odd: Odd, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        odd("a name stands twice in it")
    return content


def _bounded(said: Any, odd: Odd, depth: int) -> Any:  # noqa: ANN401 - whatever JSON can say
    if isinstance(said, str):
        return said if is_valid_text(said) else odd("a text in it is too long, or none")
    if isinstance(said, float):
        return said if math.isfinite(said) else odd("a number in it is too large")
    if isinstance(said, list | dict) and depth == 0:
        return odd("it is nested too deeply")
    if isinstance(said, list):
        # Whole numbers are within bounds already; most of what long lists hold are such.
        return [each if type(each) is int else _bounded(each, odd, depth - 1) for each in said]
    if isinstance(said, dict):
        return {
            name: _bounded(each, odd, depth - 1)
            for name, each in said.items()
            if _bounded(name, odd, depth) is not None
        }
    return said


def is_valid_text(said: str) -> bool:
    """Tell whether a text is not too long and could be in the name of a file.

    Of half surrogate pairs these alone can, with which Python stands in for bytes that are not UTF-8; on
    Windows any can.
    """
    if len(said) > LONGEST_TEXT:
        return False
    try:
        said.encode("utf-8", sys.getfilesystemencodeerrors())
    except UnicodeEncodeError:
        return False
    return True


def merge_known(usual: Mapping[str, Any], said: object) -> dict[str, Any]:
    """Return `usual` with what was said under its keys, where that is of the kind of what stands there.

    Only flags, numbers and texts are taken over. Keys that `usual` has not are dropped: where it matters that
    they are understood, the file has a newer version.
    """
    given = as_dict(said)
    return {key: coerce_like(value, given.get(key)) for key, value in usual.items()}


def coerce_like(usual: Any, said: object) -> Any:  # noqa: ANN401 - the kind of `usual`
    """Return what was said if it is of the kind of `usual`, a whole number for a real one too."""
    if isinstance(usual, bool) != isinstance(said, bool):
        return usual
    match said:
        case bool():
            return said
        case str() if isinstance(usual, str) and "\0" not in said:
            return said
        case int() | float() if isinstance(usual, float) and abs(said) <= LARGEST_FLOAT:
            return float(said)
        case int() | float() if isinstance(usual, int) and abs(said) <= LARGEST_COUNT:
            return int(said)
    return usual


def as_dict(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def as_list(said: object) -> list[Any]:
    return said[:MOST_ROWS] if isinstance(said, list) else []
