"""Where a slice lies in the picture that is drawn of it, for all the shaders that draw on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scseg.base.rect import Rect

if TYPE_CHECKING:
    from scseg.runtime.display.scene import Scene

MOST_TAPS = 4
"""Places along x and y that are looked at for one pixel of a slice drawn small, each of 2 x 2 voxels."""


@dataclass(frozen=True)
class Projection:
    """A slice of `shape` (y, x) in the picture of a scene, where a texel is `step` x `step` voxels.

    Only pixels `within` are drawn, None: all.
    """

    scene: Scene
    shape: tuple[int, ...]
    within: Rect | None = None
    step: int = 1

    @cached_property
    def zoom(self) -> float:
        """Pixels per voxel."""
        return self.scene.view.zoom * self.scene.scale

    @property
    def texel(self) -> float:
        """Pixels per texel."""
        return self.zoom * self.step

    @cached_property
    def origin(self) -> tuple[float, float]:
        """The voxel (x, y) at the lower left end of the picture."""
        width, height = self.scene.size
        view = self.scene.view
        return view.x - width / 2 / self.zoom, view.y - height / 2 / self.zoom

    @property
    def uniforms(self) -> dict[str, float | tuple[float, float]]:
        """What all shaders are told of it; they count in texels."""
        x, y = ((each - (self.step - 1) / 2) / self.step for each in self.origin)
        return {"origin": (x, y), "pixel": 1 / self.texel}

    @property
    def constants(self) -> dict[str, bool | int]:
        """What shaders are compiled for."""
        # Where a pixel covers several texels it shows their mean, or fine structure would turn into moire.
        return {
            "SMOOTHED": self.scene.interpolate or self.texel < 1,
            "TAPS": min(MOST_TAPS, max(1, math.ceil(0.5 / self.texel - 0.01))),
        }

    @property
    def all(self) -> Rect:
        """The pixels of the picture whose middles lie on the slice."""
        return self.part(Rect.whole(self.shape))

    def part(self, voxels: Rect, margin: int = 0) -> Rect:
        """Return the pixels of the picture whose middles lie on some voxels, and so many around these.

        Of these, those that are drawn.
        """
        width, height = self.scene.size

        def place(voxel: int, origin: float, most: int, grown: int) -> int:
            # Pixel centres lie on integers of the slice, on halves of the picture.
            first = math.ceil((voxel - 0.5 - origin) * self.zoom - 0.5)
            return min(most, max(0, first + grown))

        x0 = place(voxels.x0, self.origin[0], width, -margin)
        y0 = place(voxels.y0, self.origin[1], height, -margin)
        x1 = place(voxels.x1, self.origin[0], width, margin)
        y1 = place(voxels.y1, self.origin[1], height, margin)
        part = Rect(y0, x0, y1, x1)
        return part if self.within is None else part.common(self.within)
