"""Written volumes that are shown over their tomogram."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.compute.messages import TomogramRef
    from scseg.datasets.tomogram import Tomogram
    from scseg.state.models import Display


@dataclass(eq=False)
class VolumeOverlay:
    """A volume of predictions or a mask, over the tomogram of a path; `ref` tells its file, as it was then.

    Its values times `scale` are 0..1; its first slice lies on the slice `first` of the tomogram.
    """

    tomogram: str
    volume: Tomogram
    ref: TomogramRef
    display: Display
    scale: float = 1.0
    first: int = 0
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def slice_of(self, z: int) -> int | None:
        """Return which of its slices lies on slice z of the tomogram; None beyond its ends."""
        return z - self.first if 0 <= z - self.first < self.volume.shape[0] else None


@dataclass(eq=False)
class VolumeOverlays:
    """Those that are open. With `alone`, models draw nothing on a tomogram that has one."""

    open: list[VolumeOverlay] = field(default_factory=list)
    alone: bool = False

    def over(self, tomogram: str) -> list[VolumeOverlay]:
        """Return those over the tomogram of a path."""
        return [each for each in self.open if each.tomogram == tomogram]
