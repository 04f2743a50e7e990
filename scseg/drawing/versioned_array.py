"""An array that goes on changing, and which part of it changed when."""

from __future__ import annotations

import itertools
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from scseg.base.rect import Rect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Value = TypeVar("Value", bound=np.generic)

_REMEMBERED = 64
"""Changes since a texture was last uploaded: a frame sees a few, so more are not worth telling apart."""


class VersionedArray(Generic[Value]):
    """An array `values` (y, x) of a slice; `revision` goes up whenever a part of it has changed.

    Arrays that take their numbers from the same `revisions` never have the same one.
    """

    def __init__(self, values: NDArray[Value], revisions: Iterator[int] | None = None) -> None:
        self.values = values
        self._revisions = itertools.count(1) if revisions is None else revisions
        self._first = self.revision = next(self._revisions)
        self._changes: deque[tuple[int, Rect]] = deque(maxlen=_REMEMBERED)

    @property
    def whole(self) -> Rect:
        """The box of all pixels."""
        return Rect.whole(self.values.shape)

    def touch(self, region: Rect) -> None:
        """Say that pixels of a region have changed."""
        self.revision = next(self._revisions)
        if len(self._changes) == _REMEMBERED:
            # What falls out of the memory counts as "everything" from now on.
            self._first = self._changes[0][0]
        self._changes.append((self.revision, region))

    def changed_since(self, revision: int) -> Rect:
        """Return the smallest box with all that has changed since `revision`; empty if nothing has.

        For a revision that is not of this array, or too old, it is the whole array.
        """
        if not self._first <= revision <= self.revision:
            return self.whole
        changed = Rect(0, 0, 0, 0)
        for each, region in self._changes:
            if each > revision:
                changed = changed.union(region)
        return changed
