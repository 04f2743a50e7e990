"""What the picture of the slice shows, as a value: equal scenes look the same, so none is drawn twice."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scseg.actions.models import comparing
from scseg.base.rect import Rect
from scseg.state.active_models import is_active
from scseg.state.models import Display
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from scseg.preview.predictions import Prediction
    from scseg.runtime.on_screen import (
        ComparedPart,
        OnScreen,
        RemovedPixels,
        ShownPrediction,
        ShownVolume,
    )
    from scseg.runtime.tomograms.slice_reader import SliceKey
    from scseg.state.filters import Stack
    from scseg.state.models import Colour, Look
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram, View

COMPARED = 0.8
"""How strongly the colours of a comparison cover the slice."""
CONTOUR = 2.0
"""The width of a contour, in points."""


@dataclass(frozen=True)
class Overlay:
    """How the prediction of a model or a written volume (its id) is drawn, as the graphics card has it.

    What is `removed` by rules is `hatched`, or else not drawn. `region` is what of the slice was asked for;
    `line` is the width of a contour in pixels.
    """

    source: str
    prediction: Prediction
    revision: int
    removed: RemovedPixels | None
    pending: bool
    region: Rect
    look: Look
    colour: Colour
    alpha: float
    threshold: float
    blend: bool
    line: float
    hatched: bool = True


@dataclass(frozen=True)
class Drawing:
    """How the mask of a feature (its id) is drawn, in the state that the graphics card has.

    `line` is the width of a contour in pixels.
    """

    feature: str
    revision: int
    colour: Colour
    alpha: float
    filled: bool
    line: float


@dataclass(frozen=True)
class ObjectsLayer:
    """How objects are drawn, in the state that the graphics card has; `line` is as of a `Drawing`."""

    revision: int
    alpha: float
    line: float


@dataclass(frozen=True)
class Scene:
    """All that the picture depends on. `size` is in pixels, of which a point of the screen has `scale`."""

    slice: SliceKey
    filters: Stack
    limits: tuple[float, float]
    inverted: bool
    interpolate: bool
    view: View
    size: tuple[int, int]
    scale: float
    surroundings: Colour
    overlays: tuple[Overlay, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    objects: ObjectsLayer | None = None

    @property
    def widest_line(self) -> int:
        """Pixels, rounded up: so far around a voxel it is seen in contours."""
        overlays = (each.line for each in self.overlays)
        drawings = (each.line for each in self.drawings)
        return math.ceil(max((*overlays, *drawings), default=0.0))

    def differs_in_voxels_only(self, other: Scene) -> bool:
        """Tell whether another scene shows the same arrays in the same way, but in other states."""
        return _without_revisions(self) == _without_revisions(other)


def _without_revisions(scene: Scene) -> Scene:
    return replace(
        scene,
        overlays=tuple(replace(each, revision=0) for each in scene.overlays),
        drawings=tuple(replace(each, revision=0) for each in scene.drawings),
    )


@dataclass(frozen=True)
class Screen:
    """Where the slice view is drawn: its `size` in points, how many `pixels` one of these is.

    `scale` is by how much all that is measured in points is enlarged; `surroundings` lie around the slice.
    """

    size: tuple[float, float]
    pixels: float
    scale: float
    surroundings: Colour


def scene_of(session: Session, on_screen: OnScreen, screen: Screen) -> Scene | None:
    """Return what is to be seen in the slice view; None while no slice has been read."""
    shown = on_screen.shown
    if shown is None:
        return None
    contrast, line = shown.opened.contrast, CONTOUR * screen.scale * screen.pixels
    width, height = (max(1, round(side * screen.pixels)) for side in screen.size)
    return Scene(
        slice=shown.image.key,
        filters=shown.filters,
        limits=contrast.limits(shown.seen.automatic),
        inverted=contrast.inverted,
        interpolate=contrast.interpolate,
        view=shown.opened.view,
        size=(width, height),
        scale=screen.pixels,
        surroundings=screen.surroundings,
        overlays=_overlays(session, on_screen, line) if session.overlays else (),
        drawings=_drawings(shown.opened, on_screen, line) if _draws(session, on_screen) else (),
        objects=_objects(on_screen, line) if session.overlays else None,
    )


def _draws(session: Session, on_screen: OnScreen) -> bool:
    """Tell whether annotation is drawn: beside predictions or objects one would be taken for the other."""
    stages = (Stage.MODELS, Stage.EXPORT)
    beside = session.stage in stages and not session.settings.draws_with_models
    return session.overlays and not beside and on_screen.objects is None


def _objects(on_screen: OnScreen, line: float) -> ObjectsLayer | None:
    shown = on_screen.objects
    return None if shown is None else ObjectsLayer(shown.numbers.revision, shown.alpha, line)


def _drawings(opened: OpenTomogram, on_screen: OnScreen, line: float) -> tuple[Drawing, ...]:
    """Return how the masks are drawn that the graphics card has, as their features are now."""
    return tuple(
        Drawing(
            feature.id,
            on_screen.labels[feature.id].revision,
            feature.colour,
            # A thin line needs more than an area to be seen as well.
            feature.alpha if feature.fill else math.sqrt(feature.alpha),
            feature.fill,
            line,
        )
        for feature in opened.features
        if feature.show and feature.id in on_screen.labels
    )


def visible_volumes(session: Session, on_screen: OnScreen) -> list[ShownVolume]:
    """Return the volumes that are drawn, without those closed or hidden since the frame began."""
    return [
        volume
        for volume in on_screen.volumes
        if volume.overlay in session.volumes.open and volume.overlay.display.show
    ]


def visible_masks(session: Session, on_screen: OnScreen) -> list[ShownPrediction]:
    """Return the masks that are drawn, without those switched off since the frame began.

    Where written volumes are shown in their place there are none.
    """
    opened = None if on_screen.shown is None else on_screen.shown.opened
    if session.volumes.alone and opened is not None and session.volumes.over(opened.ref.path):
        return []
    return [
        mask
        for mask in on_screen.masks
        if mask.model in session.models
        and is_active(mask.model, opened)
        and mask.model.display.show
    ]


def _overlays(session: Session, on_screen: OnScreen, line: float) -> tuple[Overlay, ...]:
    """Return how predictions are drawn: beside what is being annotated as outlines, or as the user wants."""
    beside = session.settings.predictions_beside if session.stage == Stage.SEGMENTATION else None
    if beside == "off" or on_screen.objects is not None:
        return ()
    if on_screen.compared and comparing.compared(session) is not None:
        return tuple(_overlay_of_part(part, line) for part in on_screen.compared)
    # What rules took away would cover what is being drawn.
    hatched = session.settings.shows_removed and beside != "outline"
    drawn = [_overlay(mask, line) for mask in visible_masks(session, on_screen)]
    drawn += [_overlay_of_volume(volume, line) for volume in visible_volumes(session, on_screen)]
    if beside == "outline":
        drawn = [replace(each, look="contour") for each in drawn]
    return tuple(replace(each, hatched=hatched) for each in drawn)


def _overlay(mask: ShownPrediction, line: float) -> Overlay:
    drawn = _as_displayed(mask.model.id, mask.prediction, mask.model.display, line)
    region = mask.region or drawn.region
    return replace(
        drawn, revision=mask.revision, removed=mask.removed, pending=mask.pending, region=region
    )


def _overlay_of_volume(volume: ShownVolume, line: float) -> Overlay:
    return _as_displayed(volume.overlay.id, volume.prediction, volume.overlay.display, line)


def _overlay_of_part(part: ComparedPart, line: float) -> Overlay:
    return _as_displayed(
        part.source, part.prediction, Display("", part.colour, alpha=COMPARED), line
    )


def _as_displayed(source: str, prediction: Prediction, display: Display, line: float) -> Overlay:
    return Overlay(
        source=source,
        prediction=prediction,
        revision=prediction.revision,
        removed=None,
        pending=False,
        region=Rect.whole(prediction.values.shape),
        look=display.look,
        colour=display.colour,
        alpha=display.alpha,
        threshold=display.threshold,
        blend=display.blend,
        line=line,
    )
