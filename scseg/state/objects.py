"""What the stage Objects knows of a tomogram: where a feature is taken from, its objects, a table of them.

Picks are no part of it: they belong to the annotation, whose file keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scseg.datasets.mask_volume import MaskMeaning
from scseg.objects.picking import PickSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scseg.annotations.packed_masks import PackedMask
    from scseg.datasets.mask_values import MaskValues
    from scseg.datasets.tomogram import Tomogram
    from scseg.objects.components import Objects
    from scseg.objects.measuring import Measured


@dataclass(frozen=True)
class DrawnSource:
    """What is drawn of a feature (its id)."""

    feature: str


@dataclass(frozen=True)
class VolumeSource:
    """A volume in a file.

    Attributes:
        volume: it is of the tomogram's shape, and takes its voxel size.
        values: what it holds; None of a prediction of this program, or of its labels, which are known.
        meaning: which of its values are the feature, as far as that is to be said.
        are_objects: each value is an object.
    """

    volume: Tomogram
    values: MaskValues | None = None
    meaning: MaskMeaning = field(default_factory=MaskMeaning)
    are_objects: bool = False


Source = DrawnSource | VolumeSource

FormatName = Literal["relion5", "relion4", "warp", "text", "table", "imod"]
"""How positions are written."""


@dataclass(frozen=True)
class Finding:
    """How objects are found: with their holes filled, with those parted that touch."""

    fill_holes: bool = False
    split: bool = False


@dataclass(frozen=True)
class Keeping:
    """Which objects stay: those of a size in nm^3, and with `border` those that a face of the volume cuts."""

    smallest: float = 0.0
    border: bool = True


@dataclass(frozen=True, eq=False)
class FoundObjects:
    """Objects, and what they were found from: of a feature, the masks that were drawn then, by slice."""

    objects: Objects
    source: Source
    finding: Finding
    drawn: tuple[PackedMask, ...] = ()


@dataclass(frozen=True, eq=False)
class Measurements:
    """What was measured of objects, and the name of the feature that distances go `to`, if any.

    `labels` are those that the objects have here, int64 (n,): in their file they may have other numbers.
    """

    rows: tuple[Measured, ...]
    labels: NDArray[np.int64]
    source: Source
    to: str = ""


@dataclass(eq=False)
class ObjectsState:
    """What the stage Objects shows of a tomogram.

    `at_work` is what is being done; `alpha` how strongly objects cover the slice. `chosen` is the label of
    the object, `pick` the number of the pick that was chosen in a list; `least` and `diameter` are what is
    being dragged of the picks. `written` and `binning` are for files of positions; `other` is what distances
    are measured to.
    """

    source: Source | None = None
    finding: Finding = field(default_factory=Finding)
    keeping: Keeping = field(default_factory=Keeping)
    found: FoundObjects | None = None
    alpha: float = 0.45
    chosen: int = 0
    picking: PickSettings = field(default_factory=PickSettings)
    pick: int | None = None
    least: float | None = None
    diameter: float | None = None
    written: FormatName = "relion5"
    binning: float = 1.0
    other: Source | None = None
    measured: Measurements | None = None
    at_work: str = ""
    _kept: tuple[FoundObjects, Keeping, NDArray[np.bool_]] | None = None

    @property
    def kept(self) -> NDArray[np.bool_] | None:
        """Which labels of the objects stay, (n + 1,); found out once for each setting."""
        if self.found is None:
            return None
        before = self._kept
        if before is None or before[0] is not self.found or before[1] != self.keeping:
            keeping = self.keeping
            kept = self.found.objects.kept(keeping.smallest, border=keeping.border)
            self._kept = before = (self.found, keeping, kept)
        return before[2]
