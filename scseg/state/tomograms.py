"""A tomogram in the window, or of the last session: what is seen of it, and its annotation."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scseg.annotations.feature_names import told_apart
from scseg.datasets.tomogram import overridden
from scseg.state.objects import ObjectsState

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.annotations.annotation import Annotation
    from scseg.annotations.crop import Crop
    from scseg.annotations.feature import Feature
    from scseg.annotations.storage.opening import OpenAnnotation
    from scseg.base.rect import Rect
    from scseg.compute.messages import TomogramRef
    from scseg.datasets.formats.volume import Triple
    from scseg.datasets.tomogram import Tomogram
    from scseg.drawing.region import Point
    from scseg.state.filters import Stack


CLICK_REACH = 6.0
"""A drag that stays so near, in points, is a click, and so near to a corner is on it."""


@dataclass(frozen=True)
class Contrast:
    """Which grey values are black and white; with `auto` each slice's own percentiles are."""

    minimum: float = 0.0
    maximum: float = 1.0
    auto: bool = True
    inverted: bool = False
    interpolate: bool = False

    def limits(self, automatic: tuple[float, float]) -> tuple[float, float]:
        """Return what is black and white on a slice whose percentiles are `automatic`."""
        return automatic if self.auto else (self.minimum, self.maximum)


@dataclass(frozen=True)
class View:
    """The voxel (x, y) at the middle of the view, screen points per voxel; or all of it, with `fit`."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    fit: bool = True


@dataclass(frozen=True)
class TomogramRecord:
    """What is kept of a tomogram while it is not open. `shape` is None where nobody knows it any more."""

    path: str
    shape: tuple[int, int, int] | None = None
    apix: float | None = None
    apix_z: float | None = None
    signed: bool | None = None
    apix_asked: bool = False
    z: int = 0
    contrast: Contrast = field(default_factory=Contrast)
    filters: Stack = ()
    view: View = field(default_factory=View)
    feature: str = ""
    export_slices: tuple[int, int] | None = None


@dataclass(eq=False)
class MissingTomogram:
    """A tomogram of the last session that is not open, for `reason`: not yet, or its file is not there.

    `moves_to` is as of an open one.
    """

    kept: TomogramRecord
    reason: str
    moves_to: Path | None = None


@dataclass(eq=False)
class OpenTomogram:
    """A tomogram in the window. `z` counts from 0; `direction` (1 or -1) is where browsing goes.

    `vanished`: its file is not where it was; `moves_to`: its annotation is being copied there, and nothing
    can be drawn. `annotated` is None while its annotation is not read yet or, as
    `trouble` tells, cannot be; `contrast_kept` is the contrast in it, `automatic` the limits of automatic
    contrast on the slice seen last, `padded` what part of that is padding, `feature` the chosen feature's
    id. `apix_z` is the user's word on how far slices are apart (A): no worker needs it. `draft` is a feature
    that is being changed, as `cropping` is a crop, since `drafted` (`time.monotonic`). `export_slices` are
    the first and the last slice that are exported; None is all. `in_view` is the part of the slice that is
    on the screen, `pointed` the pixel (y, x) under the mouse.
    """

    tomogram: Tomogram
    ref: TomogramRef
    z: int = 0
    direction: int = 1
    contrast: Contrast = field(default_factory=Contrast)
    contrast_kept: Contrast | None = None
    automatic: tuple[float, float] = (0.0, 1.0)
    padded: float = 0.0
    view: View = field(default_factory=View)
    filters: Stack = ()
    apix_z: float | None = None
    apix_asked: bool = False
    vanished: bool = False
    moves_to: Path | None = None
    annotated: OpenAnnotation | None = None
    trouble: str = ""
    feature: str = ""
    draft: Feature | None = None
    cropping: Crop | None = None
    drafted: float = 0.0
    export_slices: tuple[int, int] | None = None
    in_view: Rect | None = None
    pointed: tuple[int, int] | None = None
    objects: ObjectsState = field(default_factory=ObjectsState)

    @property
    def name(self) -> str:
        return self.tomogram.path.name

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.tomogram.shape

    @property
    def apix(self) -> float | None:
        """A per voxel: the user's word, else the file's; None is unknown."""
        return self.ref.apix or self.tomogram.apix

    @property
    def voxel_size(self) -> Triple | None:
        """A, (z, y, x): the user's word, else the file's; None is unknown."""
        return overridden(self.tomogram.voxel_size, self.ref.apix, self.apix_z)

    @property
    def as_told(self) -> Tomogram:
        """The tomogram with the voxel size that the user gave, for files that are to lie over it."""
        return replace(self.tomogram, voxel_size=self.voxel_size)

    @property
    def apix_is_wanted(self) -> bool:
        return self.apix is None and not self.apix_asked

    @property
    def annotation(self) -> Annotation | None:
        return None if self.annotated is None else self.annotated.annotation

    @property
    def crop(self) -> Crop | None:
        """The crop as it is to be seen now."""
        if self.annotation is None:
            return None
        return self.cropping or self.annotation.contents.crop

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features as they are to be seen now, each with a name of its own."""
        if self.annotation is None:
            return ()
        draft, features = self.draft, self.annotation.contents.features
        if draft is not None:
            features = tuple(draft if each.id == draft.id else each for each in features)
        return told_apart(features)


@dataclass(eq=False)
class Outline:
    """A line of the lasso on its way: `path`, (y, x) in voxels of slice `z`, whose inside is to be filled.

    `alone` tells that it encloses an area by itself: there are no corners that it goes on from.
    """

    opened: OpenTomogram
    z: int
    label: int
    path: list[Point] = field(default_factory=list)
    alone: bool = True

    @property
    def is_click(self) -> bool:
        """Whether the pointer has stayed where it was."""
        return all(is_near(at, self.path[0], self.opened.view.zoom) for at in self.path)


def is_near(one: Point, other: Point, zoom: float) -> bool:
    """Tell whether two places are the same to a hand at the mouse; `zoom` in points per voxel."""
    return math.dist(one, other) * zoom <= CLICK_REACH
