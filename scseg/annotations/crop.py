"""The part of a tomogram that the user wants to look at and to segment."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scseg.base.rect import Rect

Shape = tuple[int, int, int]
"""Voxels along z, y and x."""


@dataclass(frozen=True)
class Crop:
    """Voxels from z0, y0, x0 up to, and without, z1, y1, x1; without effect unless `enabled`."""

    z0: int
    z1: int
    y0: int
    y1: int
    x0: int
    x1: int
    enabled: bool = False

    @classmethod
    def whole(cls, shape: Shape) -> Crop:
        depth, height, width = shape
        return cls(0, depth, 0, height, 0, width)

    @property
    def rect(self) -> Rect:
        """The pixels of each slice that are inside."""
        return Rect(self.y0, self.x0, self.y1, self.x1)

    def clipped(self, shape: Shape) -> Crop:
        """Return the crop with its ends in order, inside a tomogram, and at least one voxel large."""
        z0, z1 = _clipped(self.z0, self.z1, shape[0])
        y0, y1 = _clipped(self.y0, self.y1, shape[1])
        x0, x1 = _clipped(self.x0, self.x1, shape[2])
        return replace(self, z0=z0, z1=z1, y0=y0, y1=y1, x0=x0, x1=x1)

    def contains(self, z: int, y: float, x: float) -> bool:
        """Tell whether a voxel, or a position (pixel centres on integers), is inside."""
        return (
            self.z0 <= z < self.z1
            and self.y0 - 0.5 <= y < self.y1 - 0.5
            and self.x0 - 0.5 <= x < self.x1 - 0.5
        )


def _clipped(start: int, stop: int, length: int) -> tuple[int, int]:
    start, stop = sorted((start, stop))
    start = min(max(start, 0), length - 1)
    return start, min(max(stop, start + 1), length)


def crop_record(crop: Crop) -> list[int | bool]:
    """Return what files hold of a crop: a list, which `crop_from_record` reads."""
    return [crop.z0, crop.z1, crop.y0, crop.y1, crop.x0, crop.x1, crop.enabled]


def crop_from_record(record: object) -> Crop:
    """Return the crop of a record.

    Raises:
        ValueError: it is of none.
    """
    match record:
        case [int(z0), int(z1), int(y0), int(y1), int(x0), int(x1), bool(enabled)]:
            return Crop(z0=z0, z1=z1, y0=y0, y1=y1, x0=x0, x1=x1, enabled=enabled)
    raise ValueError("no crop")
