"""A feature of the specimen as the user annotates it: its name, and how it is drawn."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Colour = tuple[float, float, float]

LONGEST_NAME = 100
LARGEST_BRUSH, LARGEST_BOX = 1000.0, 4096

COLOURS: tuple[Colour, ...] = (
    (0.26, 0.72, 0.98),
    (0.98, 0.55, 0.20),
    (0.45, 0.85, 0.35),
    (0.95, 0.35, 0.60),
    (0.98, 0.85, 0.25),
    (0.65, 0.50, 0.98),
    (0.25, 0.85, 0.75),
    (0.92, 0.30, 0.25),
)


@dataclass(frozen=True)
class Feature:
    """What the panel of a feature sets. Masks and boxes go by `id`, which outlives every renaming.

    `colour` is RGB 0..1, `brush_px` the radius of the brush and `box_size` the side of a box, in pixels;
    `fill` draws the mask's area, else its contour.

    Raises:
        ValueError: a value is out of bounds. So whatever is written can be read again.
    """

    name: str
    colour: Colour
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    brush_px: float = 10.0
    alpha: float = 0.5
    box_size: int = 64
    show: bool = True
    fill: bool = True
    hide_boxes: bool = False

    def __post_init__(self) -> None:
        if not _makes_sense(self):
            raise ValueError("a feature has values out of bounds")

    def with_look_of(self, other: Feature) -> Feature:
        """Return this feature drawn as another: its brush, and how its mask and boxes are shown.

        That is no part of what is annotated, and so never undone.
        """
        return replace(
            self,
            brush_px=other.brush_px,
            alpha=other.alpha,
            show=other.show,
            fill=other.fill,
            hide_boxes=other.hide_boxes,
        )


def next_colour(features: Iterable[Feature], elsewhere: Iterable[Colour] = ()) -> Colour:
    """Return the first of the usual colours that no feature has, or that the fewest have.

    Of those the one that is the rarest `elsewhere`, so that each name can keep its own.
    """
    taken, known = [feature.colour for feature in features], list(elsewhere)
    return min(COLOURS, key=lambda colour: (taken.count(colour), known.count(colour)))


def feature_record(feature: Feature) -> dict[str, Any]:
    """Return what files hold of a feature."""
    return {
        "name": feature.name,
        "colour": feature.colour,
        "id": feature.id,
        "brush_px": feature.brush_px,
        "alpha": feature.alpha,
        "box_size": feature.box_size,
        "show": feature.show,
        "fill": feature.fill,
        "hide_boxes": feature.hide_boxes,
    }


def feature_from_record(record: object) -> Feature:
    """Return the feature of a record; what is missing has its default, unknown keys are dropped.

    Raises:
        ValueError: it is of none, or a value is out of bounds.
    """
    if not isinstance(record, dict):
        raise ValueError("no feature")
    if not {"name", "colour", "id"} <= record.keys():
        raise ValueError("a feature lacks its name, colour or id")
    completed = feature_record(Feature("usual", COLOURS[0])) | record
    colour = completed["colour"]
    return Feature(
        name=completed["name"],
        colour=tuple(colour) if isinstance(colour, list) else colour,
        id=completed["id"],
        brush_px=completed["brush_px"],
        alpha=completed["alpha"],
        box_size=completed["box_size"],
        show=completed["show"],
        fill=completed["fill"],
        hide_boxes=completed["hide_boxes"],
    )


def _makes_sense(feature: Feature) -> bool:
    flags = (feature.show, feature.fill, feature.hide_boxes)
    return (
        _is_name(feature.name)
        and _is_name(feature.id)
        and feature.id.isprintable()  # so that SQLite and ImGui take it
        and isinstance(feature.colour, tuple)
        and len(feature.colour) == 3
        and all(_is_within(value, 0, 1) for value in feature.colour)
        and _is_within(feature.brush_px, 0, LARGEST_BRUSH)
        and _is_within(feature.alpha, 0, 1)
        and isinstance(feature.box_size, int)
        and _is_within(feature.box_size, 1, LARGEST_BOX)
        and all(isinstance(flag, bool) for flag in flags)
    )


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME


def _is_within(value: object, lowest: float, highest: float) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and lowest <= value <= highest  # type: ignore[arg-type,operator]
