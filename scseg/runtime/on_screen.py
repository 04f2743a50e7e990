"""The slice in view as plain data for whoever draws it: grey values, predictions, masks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scseg.base.rect import Rect
    from scseg.compute.messages import SliceRequest
    from scseg.drawing.versioned_array import VersionedArray
    from scseg.preview.predictions import Prediction
    from scseg.runtime.tomograms.slice_reader import SliceImage
    from scseg.state.filters import Stack
    from scseg.state.models import Colour, Model
    from scseg.state.tomograms import OpenTomogram
    from scseg.state.volume_overlays import VolumeOverlay


@dataclass(frozen=True, eq=False)
class SliceOnScreen:
    """The slice on the screen: the wanted one, or the one before while that is being read.

    `seen` is what `filters` have made of it.
    """

    opened: OpenTomogram
    image: SliceImage
    seen: SliceImage
    filters: Stack = ()


@dataclass(frozen=True, eq=False)
class RemovedPixels:
    """What competition and rules take away from a prediction, bool (y, x): a new one after each change."""

    pixels: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ShownPrediction:
    """A prediction of the slice on the screen, in the `revision` that the graphics card has of it.

    It is shown in `region` (None is the whole slice), which may be less than what was asked for.
    `pending` tells that `removed` is not known yet as it should be now.
    """

    model: Model
    request: SliceRequest
    prediction: Prediction
    revision: int
    removed: RemovedPixels | None = None
    pending: bool = False
    region: Rect | None = None


@dataclass(frozen=True, eq=False)
class ShownVolume:
    """The slice of a written volume that lies on the slice on the screen."""

    overlay: VolumeOverlay
    prediction: Prediction


@dataclass(frozen=True, eq=False)
class ComparedPart:
    """What two models mark together or one of them alone (the `source` tells), 1 there and 0 elsewhere."""

    source: str
    colour: Colour
    prediction: Prediction


@dataclass(frozen=True, eq=False)
class ShownLabels:
    """The mask of a feature on the slice on the screen, and the `revision` of it that is uploaded."""

    mask: VersionedArray[np.uint8]
    revision: int


@dataclass(frozen=True, eq=False)
class ShownObjects:
    """Objects on the slice as numbers of colours, uint8 (y, x), and how strongly they cover it."""

    numbers: VersionedArray[np.uint8]
    alpha: float


@dataclass
class OnScreen:
    """Renewed before each frame.

    `unreadable` is why the slice in view cannot be shown; `labels` go by the ids of features.
    """

    shown: SliceOnScreen | None = None
    unreadable: str = ""
    masks: tuple[ShownPrediction, ...] = ()
    volumes: tuple[ShownVolume, ...] = ()
    compared: tuple[ComparedPart, ...] = ()
    labels: dict[str, ShownLabels] = field(default_factory=dict)
    objects: ShownObjects | None = None

    def shows(self, opened: OpenTomogram) -> bool:
        """Tell whether the slice on the screen is the one in view, which would be drawn on."""
        shown = self.shown
        return shown is not None and shown.opened is opened and shown.image.key.z == opened.z
