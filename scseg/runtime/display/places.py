"""Where the panels of a list are: each keeps its place, and one that goes leaves it free."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence


@dataclass(frozen=True)
class Place:
    """A place in a list, `high` points high; it is `free` where the panel with this key has gone."""

    key: Hashable
    high: float = 0.0
    free: bool = False


@dataclass(frozen=True, eq=False)
class Itself:
    """The key of what has no name, and may be like others of its list: it is equal to itself alone."""

    one: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Itself) and other.one is self.one

    def __hash__(self) -> int:
        return id(self.one)


def kept(before: Sequence[Place], keys: Sequence[Hashable]) -> list[Place]:
    """Return the places of the panels with these keys, in their order, and the free ones between them.

    As many panels as before are where those were. One that comes back has its own place again; another that
    comes stands behind the one before it, in a free place if there is one.
    """
    if sum(not place.free for place in before) == len(keys):
        # They were moved, or what has no name has changed.
        now = iter(keys)
        return [place if place.free else replace(place, key=next(now)) for place in before]
    there = set(keys)
    places = _with_new([replace(place, free=place.key not in there) for place in before], keys)
    in_order = [place.key for place in places if not place.free] == [*keys]
    return places if in_order else [Place(key) for key in keys]


def _with_new(places: list[Place], keys: Sequence[Hashable]) -> list[Place]:
    """Return the places with one more for each key that has none."""
    at = 0
    for key in keys:
        index = next((i for i, place in enumerate(places) if place.key == key), None)
        if index is None:
            end = at + 1 if at < len(places) and places[at].free else at
            places[at:end] = [Place(key)]
            index = at
        at = index + 1
    return places
