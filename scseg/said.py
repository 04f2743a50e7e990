"""What a JSON file said, taken over as far as it makes sense: for files that a user can do without."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Value = TypeVar("Value", bound=DataclassInstance)

MOST_ROWS = 10_000
LARGEST = 1e12
LONGEST_TEXT = 4096


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
