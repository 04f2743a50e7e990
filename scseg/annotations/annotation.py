"""The annotation of a tomogram in the window: its contents, and the masks of the slice on screen.

Main thread only. Everything is packed but the masks of one slice, so a tomogram off screen costs next to
nothing. All changes are steps; only the stroke being drawn changes a mask directly, until it is finished.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from scseg.annotations.edits import MaskEdit, Step
from scseg.annotations.packed_masks import pack
from scseg.drawing.versioned_array import VersionedArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.annotations.steps import Box
    from scseg.base.rect import Rect

    Mask = VersionedArray[np.uint8]
    """The unpacked mask of one feature on one slice: labels, read-only but for the stroke being drawn."""


class Annotation:
    """What panels and tools read every frame. `contents` is for reading; `apply` and strokes change it.

    `revision` goes up with every step: what is made from the annotation is up to date while it stands.
    """

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.revision = 0
        self.stroke: Stroke | None = None
        self._z = 0
        self._visible: dict[str, Mask] = {}
        self._revisions = itertools.count(1)
        self._slices: dict[str, tuple[int, ...]] = {}
        self._boxes: dict[str, tuple[Box, ...]] = {}
        self._listed = -1

    def mask(self, feature_id: str, z: int) -> Mask | None:
        """Return the mask to draw, None where there is none.

        It is unpacked when first asked for, some 0.3 ms a megapixel, and kept while slice z is on screen:
        asking for another slice drops all masks of this one.
        """
        if self.stroke is not None and (self.stroke.feature, self.stroke.z) == (feature_id, z):
            return self.stroke.mask
        if z != self._z:
            self.release()
            self._z = z
        packed = self.contents.masks.get((feature_id, z))
        if packed is None:
            return None
        if feature_id not in self._visible:
            self._visible[feature_id] = self._versioned(packed.values())
        return self._visible[feature_id]

    def release(self) -> None:
        """Give back the memory of unpacked masks, when another tomogram comes on screen."""
        self._visible.clear()

    def slices(self, feature_id: str) -> tuple[int, ...]:
        """Return the slices on which something of a feature is drawn, ascending."""
        self._list()
        return self._slices.get(feature_id, ())

    def boxes(self, feature_id: str) -> tuple[Box, ...]:
        """Return the centres (z, y, x) of all boxes of a feature, in that order."""
        self._list()
        return self._boxes.get(feature_id, ())

    def apply(self, step: Step) -> None:
        """Make all changes of a step, or none.

        Raises:
            ScsegError: the annotation is not what it was when the step was made.
        """
        if self.stroke is not None:
            raise RuntimeError("a stroke is being drawn: finish or abort it first")
        self.contents.apply(step)
        self.revision += 1
        for edit in step.edits:
            if isinstance(edit, MaskEdit) and edit.z == self._z:
                self._visible.pop(edit.feature, None)

    def begin_stroke(self, feature_id: str, z: int, label: str = "stroke") -> Stroke:
        """Open a mask for drawing. Nothing else may change the annotation until the stroke ends."""
        if self.stroke is not None:
            raise RuntimeError("a stroke is being drawn already")
        if not 0 <= z < self.contents.shape[0]:
            raise ValueError(f"there is no slice {z}")
        mask = self.mask(feature_id, z)
        if mask is None:
            mask = self._versioned(np.zeros(self.contents.shape[1:], np.uint8))
        self.stroke = Stroke(self, feature_id, z, mask, label)
        return self.stroke

    def end_stroke(self, stroke: Stroke, step: Step | None) -> None:
        """Take in a stroke that has ended as a step, or as nothing; called by the stroke."""
        self.stroke = None
        self._visible.pop(stroke.feature, None)
        if step is not None:
            self.contents.apply(step)
            self.revision += 1
            if self._z == stroke.z and (stroke.feature, stroke.z) in self.contents.masks:
                self._visible[stroke.feature] = stroke.mask

    def _versioned(self, values: NDArray[np.uint8]) -> Mask:
        """Return a mask whose revisions no other mask of the annotation ever has."""
        values.flags.writeable = False
        return VersionedArray(values, self._revisions)

    def _list(self) -> None:
        """List slices and boxes once for each revision, since panels ask in every frame."""
        if self._listed == self.revision:
            return
        self._listed = self.revision
        slices: dict[str, list[int]] = {}
        for feature, z in sorted(self.contents.masks):
            slices.setdefault(feature, []).append(z)
        boxes: dict[str, list[Box]] = {}
        for (feature, z), points in sorted(self.contents.boxes.items(), key=lambda item: item[0]):
            boxes.setdefault(feature, []).extend((z, y, x) for y, x in sorted(points))
        self._slices = {feature: tuple(found) for feature, found in slices.items()}
        self._boxes = {feature: tuple(found) for feature, found in boxes.items()}


class Stroke:
    """One drag of a tool: paint into `values`, `touch` what was painted, then `finish` or `abort`."""

    def __init__(
        self, annotation: Annotation, feature: str, z: int, mask: Mask, label: str
    ) -> None:
        self.feature = feature
        self.z = z
        self.mask = mask
        self._annotation = annotation
        self.label = label
        self.values = mask.values
        self.values.flags.writeable = True

    def touch(self, region: Rect) -> None:
        """Say what was painted, so that it is uploaded with the next frame."""
        if not region.empty:
            self.mask.touch(region)

    def finish(self) -> Step | None:
        """Return the step that was drawn, already applied; None where nothing has changed.

        Packs the mask: some 1 ms a megapixel.
        """
        self.values.flags.writeable = False
        before = self._annotation.contents.masks.get((self.feature, self.z))
        after = pack(self.values)
        step = None
        if after != before:
            edit = MaskEdit(feature=self.feature, z=self.z, before=before, after=after)
            step = Step((edit,), self.label, self.z)
        self._annotation.end_stroke(self, step)
        return step

    def abort(self) -> None:
        """Take back all that was painted."""
        self.values.flags.writeable = False
        self._annotation.end_stroke(self, None)
