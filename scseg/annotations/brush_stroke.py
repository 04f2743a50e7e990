"""The brush stroke that is being drawn."""

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
    """A brush stroke from the press of a button to its release.

    Attributes:
        annotated: the annotation that is drawn into.
        stroke: the change so far.
        last: where the pointer was last, (y, x) in voxels.
        radius: of the brush, in voxels.
        label: what is drawn: 0 erases.
        image: the slice, float32 (y, x), for a fill brush.
        alike: the fill brush, which draws only on pixels of like grey values; None for the round one.
        swept: where it has been, uint8 (y, x), if somebody wants to know.
    """

    annotated: OpenAnnotation
    stroke: Stroke
    last: Point
    radius: float
    label: int
    image: NDArray[np.float32] | None = None
    alike: FillBrush | None = None
    swept: NDArray[np.uint8] | None = None
