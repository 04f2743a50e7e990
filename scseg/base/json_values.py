"""Parsing JSON from files that are not trusted, and merging it with default values.

Every number, text and depth of nesting that `parse_json` returns is within the bounds below.
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
    """Return the content of a JSON document: dictionaries, lists, texts, numbers, flags and None.

    Raises:
        ValueError: it is no JSON, or holds what no reader takes: a number, text or nesting out of bounds,
            text that no file can hold, a name that stands twice.
    """
    return _read(text, _refuse)


def salvage_json(text: str | bytes) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return the content of a JSON document, with None for each value that `parse_json` refuses.

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


def _bounded(value: Any, odd: Odd, depth: int) -> Any:  # noqa: ANN401 - whatever JSON can say
    if isinstance(value, str):
        return value if is_valid_text(value) else odd("a text in it is too long, or none")
    if isinstance(value, float):
        return value if math.isfinite(value) else odd("a number in it is too large")
    if isinstance(value, list | dict) and depth == 0:
        return odd("it is nested too deeply")
    if isinstance(value, list):
        # Whole numbers are within bounds already; most of what long lists hold are such.
        return [each if type(each) is int else _bounded(each, odd, depth - 1) for each in value]
    if isinstance(value, dict):
        return {
            name: _bounded(each, odd, depth - 1)
            for name, each in value.items()
            if _bounded(name, odd, depth) is not None
        }
    return value


def is_valid_text(value: str) -> bool:
    """Tell whether a text is not too long and could be in the name of a file.

    Of half surrogate pairs these alone can, with which Python stands in for bytes that are not UTF-8; on
    Windows any can.
    """
    if len(value) > LONGEST_TEXT:
        return False
    try:
        value.encode("utf-8", sys.getfilesystemencodeerrors())
    except UnicodeEncodeError:
        return False
    return True


def merge_known(defaults: Mapping[str, Any], content: object) -> dict[str, Any]:
    """Return `defaults`, each replaced by the value under its key in `content` where that has the same type.

    Only flags, numbers and texts are merged. Keys that `defaults` lacks are dropped: where they matter, the
    file has a newer version.
    """
    given = as_dict(content)
    return {key: coerce_like(default, given.get(key)) for key, default in defaults.items()}


def coerce_like(default: Any, value: object) -> Any:  # noqa: ANN401 - the type of `default`
    """Return `value` as the type of `default` (flag, text, float or int), or `default` where it does not fit.

    Numbers out of bounds do not fit, nor do texts with a zero character.
    """
    if isinstance(default, bool) != isinstance(value, bool):
        return default
    match value:
        case bool():
            return value
        case str() if isinstance(default, str) and "\0" not in value:
            return value
        case int() | float() if isinstance(default, float) and abs(value) <= LARGEST_FLOAT:
            return float(value)
        case int() | float() if isinstance(default, int) and abs(value) <= LARGEST_COUNT:
            return int(value)
    return default


def as_dict(value: object) -> dict[str, Any]:
    """Return a JSON object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return the first `MOST_ROWS` items of a JSON list; none of anything else."""
    return value[:MOST_ROWS] if isinstance(value, list) else []
