"""Boxes as a network might meet them elsewhere: moved, turned, bent, in other greys, noisier.

All is made as it is needed, so memory does not grow with the number of copies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.models.description import Augmentation

    Pair = tuple[NDArray[np.float32], NDArray[np.uint8]]
    """A box: its image (D, box, box) and its label (box, box)."""


@dataclass(frozen=True)
class Variation:
    """How far boxes are varied.

    `moved` up to so much of their size along each axis, `turned` by any angle; `size`, `contrast`: spread
    of the factor's logarithm; `bend`: how far pixels are displaced, px; `brightness`, `noise`: in units of
    the tomogram's scale. All spreads are standard deviations.
    """

    moved: float = 0.0
    turned: bool = False
    size: float = 0.0
    bend: float = 0.0
    contrast: float = 0.0
    brightness: float = 0.0
    noise: float = 0.0

    @property
    def warps(self) -> bool:
        return self.turned or self.size > 0 or self.bend > 0


VARIATIONS: dict[Augmentation, Variation] = {
    "none": Variation(),
    "usual": Variation(moved=0.25, contrast=0.1, brightness=0.1),
    "strong": Variation(
        moved=0.5, turned=True, size=0.08, bend=0.8, contrast=0.15, brightness=0.15, noise=0.2
    ),
}

_BENDS = 5
"""Places along each axis of a box at which the displacement is drawn; between them it is smooth."""


def varied(
    image: NDArray[np.float32],
    label: NDArray[np.uint8],
    variation: Variation,
    random: np.random.Generator,
) -> Pair:
    """Return a box varied, `image` (D, box, box) and `label` (box, box), mirrored at its edges.

    People place boxes around what they annotate, and may annotate nothing else in them. A network whose
    boxes are not moved then learns that the feature is in the middle of a box, and finds it in the middle
    of tiles.
    """
    box = label.shape[-1]
    farthest = int(box * variation.moved)
    move = random.integers(-farthest, farthest + 1, 2)
    if variation.warps:
        places = _warped(box, move, variation, random)
        image, label = _read_between(image, label, places)
    else:
        rows, columns = (_mirrored(np.arange(box) + by, box) for by in move)
        image, label = image[:, rows][:, :, columns], label[rows][:, columns]
    return _with_other_greys(image, variation, random), label


def _mirrored(places: NDArray[np.int64], box: int) -> NDArray[np.int64]:
    return np.asarray(np.minimum(np.abs(places), 2 * (box - 1) - places))


def _warped(
    box: int, move: NDArray[np.int64], variation: Variation, random: np.random.Generator
) -> NDArray[np.float32]:
    """Return where each pixel is read, (y or x, box, box)."""
    angle = random.uniform(0, 2 * np.pi) if variation.turned else 0.0
    step = np.exp(random.normal(0.0, variation.size))
    turn = step * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = (box - 1) / 2
    grid = np.mgrid[:box, :box] - middle
    places = np.tensordot(turn, grid, 1) + (middle + move)[:, None, None]
    coarse = random.normal(0.0, variation.bend, (2, _BENDS, _BENDS))
    bends = [cv2.resize(part, (box, box), interpolation=cv2.INTER_CUBIC) for part in coarse]
    return np.asarray(places + bends, np.float32)


def _read_between(
    image: NDArray[np.float32], label: NDArray[np.uint8], places: NDArray[np.float32]
) -> Pair:
    """Read image and label at places between pixels.

    Linear interpolation would smooth the noise, and the network would miss it in prediction.
    """
    y, x = places

    def read(layer: NDArray[Any], interpolation: int) -> NDArray[Any]:
        layer = np.ascontiguousarray(layer)
        return cv2.remap(layer, x, y, interpolation, borderMode=cv2.BORDER_REFLECT_101)

    layers = [read(layer, cv2.INTER_CUBIC) for layer in image]
    return np.stack(layers), read(label, cv2.INTER_NEAREST)


def _with_other_greys(
    image: NDArray[np.float32], variation: Variation, random: np.random.Generator
) -> NDArray[np.float32]:
    """Vary contrast, brightness and noise, as they vary between tomograms."""
    contrast = np.exp(random.normal(0.0, variation.contrast))
    brightness = random.normal(0.0, variation.brightness)
    noise = abs(random.normal(0.0, variation.noise))
    grain = random.standard_normal(image.shape, np.float32) if noise else np.float32(0)
    return np.asarray(image * contrast + brightness + noise * grain, np.float32)
