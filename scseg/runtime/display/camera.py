"""From the screen to the slice and back; pure arithmetic, without a window.

Screen points count from the top left corner of the view, y downwards. Voxels count (x, y) with pixel
centres on integers, and row 0 is at the bottom, as in 3dmod.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from scseg.actions.view.view import LARGEST_ZOOM, SMALLEST_ZOOM
from scseg.state.tomograms import View

MARGIN = 0.02
"""The part of the view left free around a fitted slice."""


@dataclass(frozen=True)
class Viewport:
    """The size of the slice view in screen points."""

    width: float
    height: float


@dataclass(frozen=True)
class Voxel:
    """A voxel of a slice, indices from 0."""

    x: int
    y: int


def to_voxel(view: View, port: Viewport, point: tuple[float, float]) -> tuple[float, float]:
    """Return the place (x, y) on the slice that is seen at a screen point."""
    x = view.x + (point[0] - port.width / 2) / view.zoom
    y = view.y - (point[1] - port.height / 2) / view.zoom
    return x, y


def voxel_at(
    view: View, port: Viewport, point: tuple[float, float], shape: tuple[int, int]
) -> Voxel | None:
    """Return the voxel at a screen point; None where that is beside the slice of `shape` (y, x)."""
    x, y = (round(place) for place in to_voxel(view, port, point))
    return Voxel(x, y) if 0 <= x < shape[1] and 0 <= y < shape[0] else None


def to_screen(view: View, port: Viewport, voxel: tuple[float, float]) -> tuple[float, float]:
    """Return the screen point at which a place (x, y) on the slice is seen."""
    x = port.width / 2 + (voxel[0] - view.x) * view.zoom
    y = port.height / 2 - (voxel[1] - view.y) * view.zoom
    return x, y


def fitted(port: Viewport, shape: tuple[int, int]) -> View:
    """Return the view that shows a whole slice of `shape` (y, x)."""
    rows, columns = shape
    free = 1.0 - 2 * MARGIN
    zoom = max(1e-3, min(port.width / columns, port.height / rows) * free)
    return View((columns - 1) / 2, (rows - 1) / 2, zoom, fit=True)


def zoomed(view: View, port: Viewport, point: tuple[float, float], factor: float) -> View:
    """Zoom so that what is at a screen point stays there, as far as zooming goes."""
    x, y = to_voxel(view, port, point)
    zoom = min(max(view.zoom * factor, SMALLEST_ZOOM), LARGEST_ZOOM)
    nearer = view.zoom / zoom
    return replace(
        view, x=x + (view.x - x) * nearer, y=y + (view.y - y) * nearer, zoom=zoom, fit=False
    )


def panned(view: View, by: tuple[float, float]) -> View:
    """Move the slice by screen points."""
    return replace(view, x=view.x - by[0] / view.zoom, y=view.y + by[1] / view.zoom, fit=False)


def kept_near(view: View, shape: tuple[int, int]) -> View:
    """Return the view with its middle on the slice, so that the slice cannot get lost."""
    rows, columns = shape
    return replace(
        view, x=min(max(view.x, 0.0), columns - 1.0), y=min(max(view.y, 0.0), rows - 1.0)
    )


def scale_bar(nm_per_point: float, longest: float) -> tuple[float, str]:
    """Return the largest round length that fits: its size in points, at most `longest`, and its name."""
    longest_nm = nm_per_point * longest
    power = 1.0
    while power * 10 <= longest_nm:
        power *= 10
    while power > longest_nm:
        power /= 10
    nm = max(step * power for step in (1, 2, 5) if step * power <= longest_nm)
    return nm / nm_per_point, f"{nm / 1000:g} µm" if nm >= 1000 else f"{nm:g} nm"
