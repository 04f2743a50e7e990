"""Which boxes of which features are sampled for a training set, and what each of them is: pure functions.

What to sample is chosen by the names that features go by, which are one feature in however many tomograms
they occur.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from scseg.annotations.feature_names import told_apart
from scseg.base.labels import FEATURE, IGNORE
from scseg.datasets.training_sets.extraction import AnnotatedTomogram
from scseg.datasets.training_sets.labelling import BoxGrid, TrainingBox, box_batches, box_labels
from scseg.models.sampling import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.annotations.feature import Feature
    from scseg.annotations.packed_masks import PackedMask
    from scseg.datasets.tomogram import Tomogram

Choice = Literal[-1, 0, 1]
"""A feature is a negative, unused, or a positive."""

Choices = Mapping[str, Choice]
"""By the name of the feature; one that is missing is unused."""

_SLICES_REMEMBERED = 2048


@dataclass(frozen=True)
class Sample:
    """A box as it will be sampled; `positive` where its label has a pixel of the feature."""

    box: TrainingBox
    positive: bool


def merged_feature_names(annotations: Iterable[Contents]) -> tuple[str, ...]:
    """Return the names of the features of several tomograms, each once, in the order of their panels."""
    named = (each.name for contents in annotations for each in told_apart(contents.features))
    return tuple(dict.fromkeys(named))


def chosen_features(contents: Contents, choices: Choices) -> tuple[Feature, ...]:
    """Return the features of a tomogram that are chosen as positives or negatives."""
    return tuple(each for each in told_apart(contents.features) if choices.get(each.name, 0) != 0)


def training_boxes(contents: Contents, choices: Choices) -> tuple[TrainingBox, ...]:
    """Return all boxes to be sampled of a tomogram, by slice."""
    slices = sorted({z for _, z in contents.boxes})
    return tuple(box for z in slices for box in _boxes_on(contents, choices, z))


def annotated_tomogram(
    tomogram: Tomogram, contents: Contents, choices: Choices
) -> AnnotatedTomogram:
    """Return what extraction takes of a tomogram; `contents` must not change meanwhile."""
    return AnnotatedTomogram(
        tomogram, training_boxes(contents, choices), partial(drawn_labels, contents, choices)
    )


def drawn_labels(contents: Contents, choices: Choices, z: int) -> NDArray[np.uint8]:
    """Return what is drawn of the positive features on slice z together, labels (y, x), read-only.

    What one of them ignores is ignored, whatever another one says.
    """
    return _union(contents.shape[1:], _masks_on(contents, choices, z))


def samples_on_slice(
    contents: Contents, choices: Choices, grid: BoxGrid, z: int
) -> tuple[Sample, ...]:
    """Return the boxes of slice z, and what each of them will be; `grid` is that of the set there.

    Asked again for what has not changed, the answer is remembered.
    """
    boxes = _boxes_on(contents, choices, z)
    if not boxes:
        return ()
    return _samples(contents.shape[1:], _masks_on(contents, choices, z), boxes, grid)


def count_samples(contents: Contents, choices: Choices, grid: BoxGrid) -> Counts:
    """Return how many positive and negative samples a set will have from a tomogram: exactly these.

    Unpacks the masks of slices that have boxes and have changed since they were last counted.
    """
    slices = {z for _, z in contents.boxes}
    found = [each.positive for z in slices for each in samples_on_slice(contents, choices, grid, z)]
    return Counts(sum(found), len(found) - sum(found))


def _boxes_on(contents: Contents, choices: Choices, z: int) -> tuple[TrainingBox, ...]:
    return tuple(
        TrainingBox(z, y, x, feature.box_size, background=choices[feature.name] < 0)
        for feature in chosen_features(contents, choices)
        for y, x in sorted(contents.boxes.get((feature.id, z), ()))
    )


def _masks_on(contents: Contents, choices: Choices, z: int) -> tuple[PackedMask, ...]:
    return tuple(
        contents.masks[feature.id, z]
        for feature in chosen_features(contents, choices)
        if choices[feature.name] > 0 and (feature.id, z) in contents.masks
    )


@lru_cache(_SLICES_REMEMBERED)
def _samples(
    shape: tuple[int, int],
    masks: tuple[PackedMask, ...],
    boxes: tuple[TrainingBox, ...],
    grid: BoxGrid,
) -> tuple[Sample, ...]:
    values = _union(shape, masks)
    return tuple(
        Sample(box, FEATURE in label)
        for some in box_batches(boxes, grid)
        for box, label in zip(some, box_labels(values, some, grid), strict=True)
    )


def _union(shape: tuple[int, int], masks: tuple[PackedMask, ...]) -> NDArray[np.uint8]:
    if not masks:
        return np.broadcast_to(np.uint8(0), shape)
    union = masks[0].values()
    for mask in masks[1:]:
        union |= mask.values()
    # Labels are bits, so what is feature to one and ignored by another is both: that is ignored.
    return np.minimum(union, np.uint8(IGNORE), out=union)
