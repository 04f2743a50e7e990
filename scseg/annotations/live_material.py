"""What a network learns from while somebody draws: boxes of the user, and others along what was drawn.

In a box that the user has placed everything counts: what is not drawn is background. Elsewhere nobody has
said that all of the feature is drawn, so boxes that the program places know less: the strokes, a rim around
them that is background, and what was said to be wrong. All else in them is ignored.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scseg.annotations.feature import LONGEST_NAME
from scseg.annotations.feature_names import told_apart
from scseg.annotations.training_boxes import annotated_tomogram, drawn_labels, training_boxes
from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.datasets.training_sets.extraction import AnnotatedTomogram
from scseg.datasets.training_sets.labelling import TrainingBox
from scseg.drawing.auto_boxes import boxes_along

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.annotations.training_boxes import Choices
    from scseg.datasets.tomogram import Tomogram

RIM = 0.125
"""How far from a stroke all else is background, in sides of a box."""
SPACING = 0.5
"""How far boxes along strokes are apart, in sides of a box."""
MOST_BOXES = 2000


def wrong_name(name: str) -> str:
    """Return the name of the feature that says where another one is not."""
    return f"not {name}"[:LONGEST_NAME]


def choices_of(name: str) -> Choices:
    """Return what is sampled for the feature of a name: it, and where it is not."""
    return {name: 1, wrong_name(name): -1}


def live_material(
    tomogram: Tomogram, contents: Contents, name: str, size: int
) -> tuple[AnnotatedTomogram, ...]:
    """Return what is known of a feature in a tomogram: in boxes of the user, and along what was drawn.

    Args:
        tomogram: the grey values.
        contents: what is annotated; it must not change meanwhile.
        name: of the feature.
        size: how many pixels of the tomogram a box is wide.
    """
    placed = annotated_tomogram(tomogram, contents, choices_of(name))
    along = [
        box
        for z in _drawn_slices(contents, (name, wrong_name(name)))
        for box in _along(contents, name, z, size)
    ]
    known = partial(stroke_labels, contents, name, rim=RIM * size)
    strokes = AnnotatedTomogram(tomogram, along[:MOST_BOXES], known)
    return tuple(each for each in (placed, strokes) if each.boxes)


def has_material(contents: Contents, name: str) -> bool:
    """Tell whether anything of a feature is drawn, on any slice."""
    return bool(_drawn_slices(contents, (name,)))


def stroke_labels(contents: Contents, name: str, z: int, *, rim: float) -> NDArray[np.uint8]:
    """Return what strokes alone say of slice z, labels (y, x): up to `rim` pixels from them."""
    drawn = drawn_labels(contents, {name: 1}, z)
    wrong = drawn_labels(contents, {wrong_name(name): 1}, z) == FEATURE
    labels = np.full(drawn.shape, IGNORE, np.uint8)
    labels[_near(drawn == FEATURE, rim) | wrong] = BACKGROUND
    labels[drawn != BACKGROUND] = drawn[drawn != BACKGROUND]
    return labels


def _along(contents: Contents, name: str, z: int, size: int) -> Iterable[TrainingBox]:
    """Place boxes on what is drawn on slice z, beside those that the user has placed there."""
    mine = [box for box in training_boxes(contents, choices_of(name)) if box.z == z]
    for drawn_name in (name, wrong_name(name)):
        drawn = drawn_labels(contents, {drawn_name: 1}, z) == FEATURE
        present = [(box.y, box.x) for box in mine if box.background == (drawn_name != name)]
        centres = np.array(present, np.int64).reshape(-1, 2)
        for y, x in boxes_along(drawn, SPACING * size, centres).tolist():
            yield TrainingBox(z, y, x)


def _drawn_slices(contents: Contents, names: tuple[str, ...]) -> list[int]:
    """Return the slices on which something of the features of these names is drawn, ascending."""
    ids = {each.id for each in told_apart(contents.features) if each.name in names}
    return sorted({z for feature, z in contents.masks if feature in ids})


def _near(pixels: NDArray[np.bool_], distance: float) -> NDArray[np.bool_]:
    """Return which pixels (y, x) are within a distance of some that are set."""
    if not pixels.any():
        return pixels
    away = cv2.distanceTransform((~pixels).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(away <= distance)
