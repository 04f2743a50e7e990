"""The boxes around the objects of a volume of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Box = tuple[slice, slice, slice]


class LabelBoxes:
    """The smallest box around each label, found once for all.

    Args:
        labels: whole numbers, (z, y, x).
    """

    def __init__(self, labels: NDArray[Any]) -> None:
        import cc3d  # noqa: PLC0415 - nothing that does not need it should wait for it

        self._shape = labels.shape
        found = cc3d.statistics(labels, no_slice_conversion=True)["bounding_boxes"]
        self._ends: NDArray[np.int64] = found.astype(np.int64).reshape(-1, 3, 2)

    def __len__(self) -> int:
        """Return one more than the highest label."""
        return len(self._ends)

    def around(self, label: int, padding: int = 0) -> Box:
        """Return the box of a label that occurs, with some voxels around it where the volume has them."""
        z, y, x = (
            slice(max(0, low - padding), min(size, high + 1 + padding))
            for (low, high), size in zip(self._ends[label].tolist(), self._shape, strict=True)
        )
        return z, y, x
