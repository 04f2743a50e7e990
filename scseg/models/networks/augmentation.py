"""Boxes as a network might meet them elsewhere: moved, turned, bent, in other greys, noisier.

All is made as it is needed, so memory does not grow with the number of copies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scseg.base.labels import IGNORE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.models.description import Augmentation

    Pair = tuple[NDArray[np.float32], NDArray[np.uint8]]
    """A box: its image (D, box, box) and its label (box, box)."""


@dataclass(frozen=True)
class Variation:
    """How far boxes are varied.

    `moved` up to so much of their size along each axis; a part of them, `warped`, also `turned` by any angle,
    resized and bent, while the others keep their noise as it is; `size`, `contrast`: spread
    of the factor's logarithm; `bend`: how far pixels are displaced, px; `brightness` of the whole box,
    `shade`, which changes smoothly across it as the thickness of ice does, and `noise`: in units of the
    tomogram's scale. All spreads are standard deviations.
    """

    moved: float = 0.0
    warped: float = 1.0
    turned: bool = False
    size: float = 0.0
    bend: float = 0.0
    contrast: float = 0.0
    brightness: float = 0.0
    shade: float = 0.0
    noise: float = 0.0

    @property
    def warps(self) -> bool:
        return self.turned or self.size > 0 or self.bend > 0


VARIATIONS: dict[Augmentation, Variation] = {
    "none": Variation(),
    "usual": Variation(
        moved=0.25,
        warped=0.5,
        turned=True,
        size=0.05,
        bend=1.0,
        contrast=0.1,
        brightness=0.1,
        shade=0.4,
    ),
    "strong": Variation(
        moved=0.5,
        turned=True,
        size=0.1,
        bend=1.5,
        contrast=0.2,
        brightness=0.2,
        shade=0.6,
        noise=0.2,
    ),
}

_KNOTS = 5
"""Places along each axis of a box at which a smooth field is drawn; between them it is a cubic."""


def varied(
    image: NDArray[np.float32],
    label: NDArray[np.uint8],
    variation: Variation,
    random: np.random.Generator,
) -> Pair:
    """Return a box varied, `image` (D, box, box) and `label` (box, box).

    People place boxes around what they annotate, and may annotate nothing else in them. A network whose
    boxes are not moved then learns that the feature is in the middle of a box, and finds it in the middle
    of tiles. What a move brings in from beyond an edge is mirrored in the image and ignored in the label:
    half a particle and its mirror image are none to learn from.
    """
    box = label.shape[-1]
    farthest = int(box * variation.moved)
    move = random.integers(-farthest, farthest + 1, 2)
    if variation.warps and random.random() < variation.warped:
        places = _warped(box, move, variation, random)
        image, label = _read_between(image, label, places)
    else:
        image, label = _moved(image, label, move)
    return _with_other_greys(image, variation, random), label


def _moved(image: NDArray[np.float32], label: NDArray[np.uint8], move: NDArray[np.int64]) -> Pair:
    box = len(label)
    edge = int(np.abs(move).max())
    rows, columns = (slice(edge + by, edge + by + box) for by in move)
    layers = [
        cv2.copyMakeBorder(each, edge, edge, edge, edge, cv2.BORDER_REFLECT_101)[rows, columns]
        for each in np.ascontiguousarray(image)
    ]
    seen = cv2.copyMakeBorder(
        np.ascontiguousarray(label), edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=IGNORE
    )
    return np.stack(layers), np.asarray(seen[rows, columns], np.uint8)


def _warped(
    box: int, move: NDArray[np.int64], variation: Variation, random: np.random.Generator
) -> NDArray[np.float32]:
    """Return where each pixel is read, (y or x, box, box)."""
    angle = random.uniform(0, 2 * np.pi) if variation.turned else 0.0
    step = np.exp(random.normal(0.0, variation.size))
    along, across = step * np.cos(angle), step * np.sin(angle)
    middle = (box - 1) / 2
    rows = (np.arange(box) - middle)[:, None]
    columns = rows.T
    places = np.stack([_smooth(box, variation.bend, random) for _ in range(2)])
    places[0] += (middle + move[0] + along * rows) - across * columns
    places[1] += (middle + move[1] + along * columns) + across * rows
    return places.astype(np.float32)


def _smooth(box: int, spread: float, random: np.random.Generator) -> NDArray[np.float64]:
    """Return random numbers (box, box) that change little from pixel to pixel."""
    knots = random.normal(0.0, spread, (_KNOTS, _KNOTS))
    return np.asarray(cv2.resize(knots, (box, box), interpolation=cv2.INTER_CUBIC))


def _read_between(
    image: NDArray[np.float32], label: NDArray[np.uint8], places: NDArray[np.float32]
) -> Pair:
    """Read image and label at places between pixels; outside, the image is mirrored, the label ignored.

    Linear interpolation would smooth the noise much more, and the network would miss it in prediction.
    """
    y, x = places
    layers = [
        cv2.remap(each, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
        for each in np.ascontiguousarray(image)
    ]
    seen = cv2.remap(
        np.ascontiguousarray(label),
        x,
        y,
        cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=IGNORE,
    )
    return np.stack(layers), np.asarray(seen, np.uint8)


def _with_other_greys(
    image: NDArray[np.float32], variation: Variation, random: np.random.Generator
) -> NDArray[np.float32]:
    """Vary contrast, brightness and noise, as they vary between tomograms and across them."""
    changed = image * np.float32(np.exp(random.normal(0.0, variation.contrast)))
    changed += np.float32(random.normal(0.0, variation.brightness))
    if variation.shade:
        changed += _smooth(image.shape[-1], variation.shade, random).astype(np.float32)
    if variation.noise:
        noise = np.float32(abs(random.normal(0.0, variation.noise)))
        changed += noise * random.standard_normal(image.shape, np.float32)
    return changed
