"""Names of the features of one tomogram: each stands for one feature, also where a file has one twice.

A file with two features of one name is left as it is: the program shows, and goes by, `Membrane` and
`Membrane (2)` until one of them is renamed.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.annotations.feature import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from scseg.annotations.contents import Contents
    from scseg.annotations.feature import Feature


def told_apart(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """Return features by the names that they go by: of equal ones, all but the first have a number."""
    taken = {feature.name for feature in features}
    if len(taken) == len(features):
        return features
    seen: set[str] = set()
    found = []
    for feature in features:
        name = feature.name if feature.name not in seen else free_name(feature.name, taken)
        seen.add(name)
        taken.add(name)
        found.append(replace(feature, name=name))
    return tuple(found)


def named_twice(features: Iterable[Feature]) -> dict[str, list[str]]:
    """Return the names that several features have in the file, each with those that they go by."""
    features = tuple(features)
    shown: dict[str, list[str]] = {}
    for feature, apart in zip(features, told_apart(features), strict=True):
        shown.setdefault(feature.name, []).append(apart.name)
    return {name: names for name, names in shown.items() if len(names) > 1}


def name_of(contents: Contents, feature_id: str) -> str:
    """Return the name that a feature of an annotation goes by."""
    return next(each.name for each in told_apart(contents.features) if each.id == feature_id)


def free_name(name: str, taken: Container[str]) -> str:
    """Return a name, with a number behind it where it is taken; never longer than names may be."""
    numbers = (f" ({number})" for number in itertools.count(2))
    with_number = (name[: LONGEST_NAME - len(end)] + end for end in numbers)
    return next(each for each in itertools.chain((name,), with_number) if each not in taken)
