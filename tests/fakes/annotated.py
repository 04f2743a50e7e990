"""The gradient annotated, so that a training set can be made of it."""

from __future__ import annotations

import numpy as np

from scseg.actions.annotation import changes
from scseg.annotations import steps as make
from scseg.annotations.feature import Feature
from tests.fakes.gradient import SHAPE

MEMBRANE = Feature("Membrane", (0.2, 0.4, 0.9), box_size=16, show=False)
BACKGROUND = Feature("Background", (0.9, 0.6, 0.1), box_size=16)

BOXES = [(6, 12, 12), (6, 12, 36), (6, 30, 48)], [(6, 28, x) for x in (10, 20, 30)]
"""Of the membrane, two on it and one not, and of the background."""


def annotate_active(session, boxes=BOXES):
    """Draw rows 10 to 13 on slice 6 of the active tomogram, and place boxes."""
    tomogram = session.active
    contents = tomogram.annotation.contents
    for feature in (MEMBRANE, BACKGROUND):
        changes.apply_step(session, tomogram, make.add_feature(contents, feature))
    mask = np.zeros(SHAPE[1:], np.uint8)
    mask[10:14] = 1
    for step in (
        make.change_masks(contents, MEMBRANE.id, {6: mask}, "draw"),
        make.change_boxes(contents, MEMBRANE.id, add=boxes[0]),
        make.change_boxes(contents, BACKGROUND.id, add=boxes[1]),
    ):
        changes.apply_step(session, tomogram, step)
