"""The course of a training: when steps grow smaller, and when it ends."""

from __future__ import annotations

from typing import NamedTuple


class Course(NamedTuple):
    """Where training ends, over how many batches before it steps grow smaller, and when it pauses."""

    batches: int
    settling: int
    pause: float

    def settled(self, batches: int) -> float:
        """Return the part of the settling that is over after so many batches, 0 to 1."""
        return max(0.0, 1.0 - (self.batches - batches) / self.settling) if self.settling else 0.0
