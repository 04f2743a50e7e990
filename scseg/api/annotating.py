"""Annotation from arrays."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import numpy as np

from scseg.annotations.feature import Feature, next_colour
from scseg.annotations.feature_names import told_apart
from scseg.annotations.steps import add_feature, change_boxes, change_masks
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.read_only import read_annotation as _read
from scseg.base.errors import ScsegError
from scseg.base.labels import IGNORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.annotations.edits import Step
    from scseg.annotations.steps import Box
    from scseg.annotations.storage.opening import OpenAnnotation
    from scseg.datasets.tomogram import Tomogram

    Masks = Mapping[int, NDArray[np.generic]]

_SECONDS = 60.0


def annotate(
    tomogram: Tomogram,
    feature: str,
    masks: Masks,
    boxes: Iterable[Box] = (),
    *,
    box_size: int = 64,
) -> Path:
    """Annotate a feature of a tomogram, as if it had been drawn in the window.

    Masks take the place of what is drawn of the feature on the same slices; boxes are added. All of it is on
    the disk when this returns. Costs reading the annotation, and 1 ms for each megapixel of masks.

    Args:
        tomogram: its annotation is `t.mrc.scna` beside `t.mrc`, or in the user's data folder where there
            nothing can be written.
        feature: its name, as the window shows it; where there is none of that name, it is added.
        masks: by the slice's number z, bool or integers (y, x): 0 background, 1 feature, 2 ignore.
        boxes: their centres (z, y, x); what lies outside of the tomogram is left out.
        box_size: the side of a box in pixels, where the feature is new.

    Returns:
        The annotation file.

    Raises:
        ScsegError: a mask has another shape than a slice or other values, the annotation is damaged or open
            in the window or another program, or it cannot be written.
    """
    labels = {z: _checked(tomogram, z, mask) for z, mask in masks.items()}
    annotated = open_annotation(tomogram.path, tomogram.shape)
    try:
        known = _feature_id(annotated, feature, box_size)
        _apply(
            annotated,
            change_masks(annotated.annotation.contents, known, labels, f"masks of {feature}"),
        )
        _apply(annotated, change_boxes(annotated.annotation.contents, known, add=boxes))
    finally:
        saved = annotated.close(_SECONDS)
    if not saved:
        raise ScsegError(
            f"Not all of the annotation could be written to {annotated.path}: check its disk, and "
            "annotate again."
        )
    return annotated.path


def read_annotation(tomogram: Tomogram) -> Contents:
    """Read what is annotated of a tomogram, without changing any file; the window may have it open.

    Args:
        tomogram: its annotation is looked for where `annotate` would write it.

    Returns:
        Features, masks, boxes and crop; empty where there is no annotation. `mask(feature_id, z)` of it is a
        mask as an array, uint8 (y, x).

    Raises:
        ScsegError: the annotation is damaged, foreign, of a newer version or of another tomogram.
    """
    return _read(tomogram.path, tomogram.shape)


def _checked(tomogram: Tomogram, z: int, mask: NDArray[np.generic]) -> NDArray[np.uint8]:
    depth, height, width = tomogram.shape
    if not 0 <= z < depth or mask.shape != (height, width):
        raise ScsegError(
            f"A mask of shape {mask.shape} for slice {z} does not fit {tomogram.path}, which has the slices "
            f"0 to {depth - 1} of {height} x {width} pixels (y, x)."
        )
    labels = mask.astype(np.uint8)
    if (labels != mask).any() or labels.max() > IGNORE:
        raise ScsegError(
            f"The mask for slice {z} has other values than 0, 1 and 2 (background, feature, ignore)."
        )
    return labels


def _feature_id(annotated: OpenAnnotation, name: str, box_size: int) -> str:
    """Return the id of the feature that goes by a name, added where there is none."""
    features = annotated.annotation.contents.features
    for feature in told_apart(features):
        if feature.name == name:
            return feature.id
    try:
        made = Feature(name, next_colour(features), id=uuid.uuid4().hex, box_size=box_size)
    except ValueError as error:
        raise ScsegError(
            f"A feature called {name!r:.120} with boxes of {box_size} pixels is not possible: {error}."
        ) from error
    _apply(annotated, add_feature(annotated.annotation.contents, made))
    return made.id


def _apply(annotated: OpenAnnotation, step: Step | None) -> None:
    if step is not None:
        annotated.apply(step)
