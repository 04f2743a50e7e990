"""Objects on the slice in view, as numbers of colours: made anew when another slice or size is chosen."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from scseg.drawing.versioned_array import VersionedArray
from scseg.runtime.on_screen import ShownObjects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.runtime.on_screen import SliceOnScreen
    from scseg.state.objects import FoundObjects

COLOURS = 24
CHOSEN = 255
"""The number of the object that was chosen in a list; others have 1 to `COLOURS`, 0 is none."""


class ObjectsOnSlice:
    """Remembers what was made last."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._numbers: VersionedArray[np.uint8] | None = None
        self._revisions = itertools.count(1)

    def shown(self, shown: SliceOnScreen | None) -> ShownObjects | None:
        """Return the objects that are kept on the slice on the screen; None while there are none."""
        if shown is None:
            # What is remembered holds the objects of a tomogram that may be closed.
            self._of, self._numbers = (), None
            return None
        state, z = shown.opened.objects, shown.image.key.z
        found, kept = state.found, state.kept
        if found is None or kept is None or found.objects.labels.shape != shown.opened.shape:
            self._of, self._numbers = (), None
            return None
        # By identity: `kept` is another array after each change.
        of = (found, kept, z, state.chosen)
        if self._numbers is None or not _same(of, self._of):
            numbers = numbers_on_slice(found, kept, z, state.chosen)
            self._numbers = VersionedArray(numbers, self._revisions)
            self._of = of
        return ShownObjects(self._numbers, state.alpha)


def numbers_on_slice(
    found: FoundObjects, kept: NDArray[np.bool_], z: int, chosen: int
) -> NDArray[np.uint8]:
    """Return the numbers of colours on slice z, uint8 (y, x): neighbours in the list get different ones."""
    colours = (np.arange(len(kept)) % COLOURS + 1).astype(np.uint8)
    colours[~kept] = 0
    if 0 < chosen < len(kept) and kept[chosen]:
        colours[chosen] = CHOSEN
    return np.asarray(colours[found.objects.labels[z]])


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(
        a is b or (isinstance(a, int) and a == b) for a, b in zip(one, other, strict=True)
    )
