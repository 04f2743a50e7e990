"""A rectangle of pixels: what was drawn, cropped, predicted or uploaded of a slice or of a picture."""

from __future__ import annotations

from typing import NamedTuple


# One is made for every move of the mouse, and a named tuple takes half the time of a frozen dataclass.
class Rect(NamedTuple):
    """Rows y0 up to, not including, y1; columns x0 up to, not including, x1."""

    y0: int
    x0: int
    y1: int
    x1: int

    @classmethod
    def whole(cls, shape: tuple[int, ...]) -> Rect:
        """Return all of a slice of `shape` (y, x)."""
        height, width = shape
        return cls(0, 0, height, width)

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.y1 - self.y0, self.x1 - self.x0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index an array (y, x) with it: `mask[rect.slices]`."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    @property
    def empty(self) -> bool:
        return self.y1 <= self.y0 or self.x1 <= self.x0

    def clipped(self, shape: tuple[int, ...]) -> Rect:
        """Return what lies in a slice of `shape` (y, x); height and width are 0 or more."""
        y0, x0 = max(self.y0, 0), max(self.x0, 0)
        return Rect(y0, x0, max(min(self.y1, shape[0]), y0), max(min(self.x1, shape[1]), x0))

    def common(self, other: Rect) -> Rect:
        """Return what lies in both; height and width are 0 or more."""
        y0, x0 = max(self.y0, other.y0), max(self.x0, other.x0)
        return Rect(y0, x0, max(min(self.y1, other.y1), y0), max(min(self.x1, other.x1), x0))

    def grown(self, margin: int) -> Rect:
        """Return it with so many more pixels on each side."""
        return Rect(self.y0 - margin, self.x0 - margin, self.y1 + margin, self.x1 + margin)

    def moved(self, y: int, x: int) -> Rect:
        return Rect(self.y0 + y, self.x0 + x, self.y1 + y, self.x1 + x)

    def union(self, other: Rect) -> Rect:
        """Return the smallest rectangle that holds both."""
        if self.empty or other.empty:
            return other if self.empty else self
        low = min(self.y0, other.y0), min(self.x0, other.x0)
        return Rect(*low, max(self.y1, other.y1), max(self.x1, other.x1))


NOWHERE = Rect(0, 0, 0, 0)
