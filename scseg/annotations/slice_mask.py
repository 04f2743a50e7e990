"""A mask on screen: an array, and which part of it changed when."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from scseg.base.rect import Rect

if TYPE_CHECKING:
    import itertools

    import numpy as np
    from numpy.typing import NDArray

_REMEMBERED = 64
"""Changes since a texture was last uploaded: a frame sees a few, so more are not worth telling apart."""


class SliceMask:
    """The unpacked mask of one feature on one slice.

    `values` is uint8 (y, x) of labels, read-only but for the stroke that is being drawn. `revision` goes
    up with every change and belongs to one state of one mask: no other mask of the annotation ever has it.
    """

    def __init__(self, values: NDArray[np.uint8], revisions: itertools.count[int]) -> None:
        self.values = values
        values.flags.writeable = False
        self._revisions = revisions
        self._first = self.revision = next(revisions)
        self._changes: deque[tuple[int, Rect]] = deque(maxlen=_REMEMBERED)

    def touch(self, region: Rect) -> None:
        """Say that pixels of a region have changed."""
        self.revision = next(self._revisions)
        if len(self._changes) == _REMEMBERED:
            # What falls out of the memory counts as "everything" from now on.
            self._first = self._changes[0][0]
        self._changes.append((self.revision, region))

    def changed_since(self, revision: int) -> Rect:
        """Return the region to upload for a texture made from `revision`; empty if it is up to date.

        For a revision that is not of this mask, or too old, it is the whole slice.
        """
        if not self._first <= revision <= self.revision:
            return Rect.whole(self.values.shape)
        changed = Rect(0, 0, 0, 0)
        for each, region in self._changes:
            if each > revision:
                changed = changed.union(region)
        return changed
