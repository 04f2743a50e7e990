"""What JSON says: parsed with distrust, and taken over as far as it makes sense where that will do."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Value = TypeVar("Value", bound=DataclassInstance)

MOST_ROWS = 10_000
LARGEST = 1e12
LONGEST_TEXT = 4096


def parsed(text: str | bytes) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return what JSON says.

    Raises:
        ValueError: it is none, is nested without end, or holds text that no screen and no file can show.
    """
    try:
        content = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    # Half of a surrogate pair can be written as an escape, and stops whoever draws or saves it.
    json.dumps(content, ensure_ascii=False).encode("utf-8")
    return content


def understood(usual: Value, said: object) -> Value:
    """Return a value with what was said of its plain fields, where that is of their kind."""
    given = entries(said)
    plain: dict[str, Any] = {each.name: getattr(usual, each.name) for each in fields(usual)}
    return replace(
        usual,
        **{
            name: like(value, given.get(name))
            for name, value in plain.items()
            if isinstance(value, bool | int | float | str)
        },
    )


def like(usual: Any, said: object) -> Any:  # noqa: ANN401 - the kind of `usual`
    """Return what was said if it is of the kind of `usual`, a whole number for a real one too."""
    if isinstance(usual, bool) != isinstance(said, bool):
        return usual
    match said:
        case bool():
            return said
        case str() if isinstance(usual, str) and len(said) < LONGEST_TEXT and "\0" not in said:
            return said
        case int() | float() if not isinstance(usual, str) and abs(said) <= LARGEST:
            return type(usual)(said)
    return usual


def entries(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def rows(said: object) -> list[Any]:
    return said[:MOST_ROWS] if isinstance(said, list) else []
