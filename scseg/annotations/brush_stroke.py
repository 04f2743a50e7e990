"""A stroke on its way, as the brush that draws it sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scseg.annotations.annotation import Stroke
    from scseg.annotations.storage.opening import OpenAnnotation
    from scseg.drawing.fill_brush import FillBrush
    from scseg.drawing.region import Point


@dataclass(eq=False)
class BrushStroke:
    """What is being drawn: `last` is where the pointer was, (y, x) in voxels, as is `radius`.

    With a fill brush, `alike`, only what looks alike on the `image` of the slice.
    """

    annotated: OpenAnnotation
    stroke: Stroke
    last: Point
    radius: float
    label: int
    image: NDArray[np.float32] | None = None
    alike: FillBrush | None = None
