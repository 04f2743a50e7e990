"""All that an annotation holds, packed: what its file holds, too."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scseg.annotations.crop import Crop
from scseg.annotations.edits import (
    BoxesEdit,
    ContrastEdit,
    CropEdit,
    Edit,
    FeaturesEdit,
    MaskEdit,
    PicksEdit,
)
from scseg.annotations.picked import NO_PICKS, PickedParticles
from scseg.base.errors import ScsegError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.annotations.crop import Shape
    from scseg.annotations.edits import Point, Step
    from scseg.annotations.feature import Feature
    from scseg.annotations.packed_masks import PackedMask

NO_CONTRAST = "{}"


@dataclass
class Contents:
    """The annotation of a tomogram of `shape`; changed by `apply` alone.

    Masks and boxes go by a feature's id and z, and are there only where there is something.
    """

    shape: Shape
    crop: Crop
    features: tuple[Feature, ...] = ()
    masks: dict[tuple[str, int], PackedMask] = field(default_factory=dict)
    boxes: dict[tuple[str, int], frozenset[Point]] = field(default_factory=dict)
    contrast: str = NO_CONTRAST
    picks: PickedParticles = NO_PICKS

    @classmethod
    def empty(cls, shape: Shape) -> Contents:
        return cls(shape, Crop.whole(shape))

    def snapshot(self) -> Contents:
        """Return a copy for another thread, or for later; masks are shared, so it costs nothing."""
        return dataclasses.replace(self, masks=dict(self.masks), boxes=dict(self.boxes))

    def feature(self, feature_id: str) -> Feature:
        return next(feature for feature in self.features if feature.id == feature_id)

    def has_feature(self, feature_id: str) -> bool:
        return any(feature.id == feature_id for feature in self.features)

    def mask(self, feature_id: str, z: int) -> NDArray[np.uint8]:
        """Return a mask as a new array, uint8 (y, x) of labels; of zeros where nothing is annotated."""
        packed = self.masks.get((feature_id, z))
        return np.zeros(self.shape[1:], np.uint8) if packed is None else packed.values()

    def apply(self, step: Step) -> None:
        """Make all changes of a step, or none.

        Raises:
            ScsegError: the annotation is not what it was when the step was made.
        """
        if any(self._current(edit) != edit.before for edit in step.edits):
            raise ScsegError(
                f"The annotation has changed since this was begun ({step.label}): do it again."
            )
        for edit in step.edits:
            self._put(edit)

    def edits_from_nothing(self) -> list[Edit]:
        """Return the edits that lead from an empty annotation of this shape to this one."""
        nothing = Contents.empty(self.shape)
        edits: list[Edit] = [
            FeaturesEdit(before=nothing.features, after=self.features),
            CropEdit(before=nothing.crop, after=self.crop),
            ContrastEdit(before=nothing.contrast, after=self.contrast),
        ]
        if self.picks != nothing.picks:
            edits.append(PicksEdit(before=nothing.picks, after=self.picks))
        for (feature, z), mask in self.masks.items():
            edits.append(MaskEdit(feature=feature, z=z, before=None, after=mask))
        for (feature, z), points in self.boxes.items():
            edits.append(BoxesEdit(feature=feature, z=z, before=frozenset(), after=points))
        return edits

    def _current(self, edit: Edit) -> object:
        match edit:
            case MaskEdit():
                return self.masks.get((edit.feature, edit.z))
            case BoxesEdit():
                return self.boxes.get((edit.feature, edit.z), frozenset())
            case FeaturesEdit():
                return self.features
            case CropEdit():
                return self.crop
            case ContrastEdit():
                return self.contrast
            case PicksEdit():
                return self.picks

    def _put(self, edit: Edit) -> None:
        match edit:
            case MaskEdit(after=None):
                self.masks.pop((edit.feature, edit.z), None)
            case MaskEdit(after=mask) if mask is not None:
                self.masks[edit.feature, edit.z] = mask
            case BoxesEdit(after=points) if not points:
                self.boxes.pop((edit.feature, edit.z), None)
            case BoxesEdit():
                self.boxes[edit.feature, edit.z] = edit.after
            case FeaturesEdit():
                self.features = edit.after
            case CropEdit():
                self.crop = edit.after
            case ContrastEdit():
                self.contrast = edit.after
            case PicksEdit():
                self.picks = edit.after
