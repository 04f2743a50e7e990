"""The list of tomograms: its order, its filter, and what its rows are called."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from scseg.state.tomograms import MissingTomogram, OpenTomogram

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.state.panel_layout import Sort
    from scseg.state.session import Session


@dataclass(frozen=True)
class Row:
    """A line of the list. The label has the folder's name where the file's alone does not tell enough."""

    entry: OpenTomogram | MissingTomogram
    path: PurePath
    label: str


def rows(session: Session) -> list[Row]:
    """Return the rows in their order, those alone whose label has every word of the filter."""
    words = session.tomogram_order.words.lower().split()
    found = _ordered(session)
    return [row for row in found if all(word in row.label.lower() for word in words)]


def in_place(before: Sequence[Row | None], now: list[Row]) -> list[Row | None]:
    """Return the rows of now in their places of before: where one has gone is None, new ones come last."""
    there = {row.path: row for row in now}
    kept = [None if row is None else there.pop(row.path, None) for row in before]
    return [*kept, *there.values()]


def tomograms(session: Session) -> list[OpenTomogram]:
    """Return the open tomograms as the list shows them; the active one is among them in any case."""
    shown = {id(row.entry) for row in rows(session)} | {id(session.active)}
    entries = [row.entry for row in _ordered(session) if id(row.entry) in shown]
    return [entry for entry in entries if isinstance(entry, OpenTomogram)]


def set_words(session: Session, words: str) -> None:
    session.tomogram_order = replace(session.tomogram_order, words=words)


def set_sort(session: Session, sort: Sort) -> None:
    session.tomogram_order = replace(session.tomogram_order, sort=sort)


def turn_round(session: Session) -> None:
    """Show the list in the reverse order."""
    session.tomogram_order = replace(
        session.tomogram_order, backwards=not session.tomogram_order.backwards
    )


def _ordered(session: Session) -> list[Row]:
    paths = [_path(opened.ref.path) for opened in session.tomograms]
    paths += [_path(absent.kept.path) for absent in session.missing]
    often = Counter(path.name for path in paths)
    folders = len({path.parent for path in paths})
    listing = session.tomogram_order
    entries: list[OpenTomogram | MissingTomogram] = [*session.tomograms, *session.missing]
    found = []
    for entry, path in zip(entries, paths, strict=True):
        with_folder = (listing.sort == "folder" and folders > 1) or often[path.name] > 1
        label = f"{path.parent.name}/{path.name}" if with_folder else path.name
        found.append(Row(entry, path, label))
    if listing.sort == "name":
        found.sort(key=lambda row: _natural(row.path.name))
    elif listing.sort == "folder":
        found.sort(key=lambda row: (_natural(str(row.path.parent)), _natural(row.path.name)))
    return found[::-1] if listing.backwards else found


@lru_cache(maxsize=4096)
def _path(name: str) -> PurePath:
    return PurePath(name)


@lru_cache(maxsize=8192)
def _natural(name: str) -> tuple[str | int, ...]:
    """Return a key that sorts TS_2 before TS_10."""
    parts = re.split("([0-9]+)", name.lower())
    return tuple(int(part) if odd % 2 else part for odd, part in enumerate(parts))


def step_tomogram(session: Session, by: int) -> None:
    """Show the tomogram `by` places further in the list as it is sorted and filtered, staying inside it."""
    if session.active is None:
        return
    order = tomograms(session)
    index = order.index(session.active) + by
    session.active = order[max(0, min(index, len(order) - 1))]
