"""What the picture of the slice shows, as a value: equal scenes look the same, so none is drawn twice."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.compute.messages import SliceRequest
    from scseg.filters import Stack
    from scseg.gui.slices import SliceKey
    from scseg.gui.ui import Mask, Ui
    from scseg.open_models import Colour
    from scseg.session import OpenTomogram, Session, View

CONTOUR = 2.0
"""The width of a contour, in points."""


@dataclass(frozen=True)
class Overlay:
    """How one prediction is drawn. `bands` is how many of its bands the graphics card has."""

    request: SliceRequest
    bands: int
    colour: Colour
    alpha: float
    threshold: float
    blend: bool


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


def scene_of(session: Session, ui: Ui, size: tuple[float, float], scale: float) -> Scene | None:
    """Return what is to be seen in a view of `size` points; None while no slice has been read."""
    shown = ui.shown
    if shown is None:
        return None
    contrast = shown.opened.contrast
    return Scene(
        slice=shown.image.key,
        filters=shown.filters,
        limits=contrast.limits(shown.seen.automatic),
        inverted=contrast.inverted,
        interpolate=contrast.interpolate,
        view=shown.opened.view,
        size=(max(1, round(size[0] * scale)), max(1, round(size[1] * scale))),
        scale=scale,
        surroundings=ui.palette.surroundings,
        overlays=tuple(map(_overlay, visible_masks(session, ui))) if session.overlays else (),
        drawings=_drawings(shown.opened, ui, scale) if session.overlays else (),
    )


def _drawings(opened: OpenTomogram, ui: Ui, scale: float) -> tuple[Drawing, ...]:
    """Return how the masks are drawn that the graphics card has, as their features are now."""
    return tuple(
        Drawing(
            feature.id,
            ui.labels[feature.id].revision,
            feature.colour,
            # A thin line needs more than an area to be seen as well.
            feature.alpha if feature.fill else math.sqrt(feature.alpha),
            feature.fill,
            CONTOUR * ui.scale * scale,
        )
        for feature in opened.features
        if feature.show and feature.id in ui.labels
    )


def visible_masks(session: Session, ui: Ui) -> list[Mask]:
    """Return the masks that are drawn, without those switched off since the frame began."""
    return [
        mask
        for mask in ui.masks
        if mask.model in session.models and mask.model.display.active and mask.model.display.show
    ]


def _overlay(mask: Mask) -> Overlay:
    display = mask.model.display
    return Overlay(
        mask.request,
        mask.bands,
        display.colour,
        display.alpha,
        display.threshold,
        display.blend,
    )
