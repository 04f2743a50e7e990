"""The names that features have anywhere, each with its colour: offered wherever something is named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.annotations.feature import Colour
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

UNNAMED = "Feature"


def known_looks(session: Session) -> dict[str, Colour]:
    """Return the names of all features of the open tomograms and the library, each with its colour.

    Where it has several, that of the tomogram in view counts, then of the first in the list, then of the
    library.
    """
    in_view = [opened for opened in session.tomograms if opened is session.active]
    looks: dict[str, Colour] = {}
    for opened in (*in_view, *session.tomograms):
        for feature in opened.features:
            looks.setdefault(feature.name, feature.colour)
    for template in session.library:
        looks.setdefault(template.name, template.colour)
    return looks


def names_in(opened: OpenTomogram) -> set[str]:
    """Return the names that the features of a tomogram go by."""
    return {feature.name for feature in opened.features}


def unnamed(opened: OpenTomogram) -> str:
    """Return a name for the next feature of a tomogram, until it is given one."""
    taken, first = names_in(opened), len(opened.features) + 1
    numbers = range(first, first + len(taken) + 1)
    return next(name for n in numbers if (name := f"{UNNAMED} {n}") not in taken)


def is_unnamed(name: str) -> bool:
    return re.fullmatch(rf"{UNNAMED} \d+", name) is not None
