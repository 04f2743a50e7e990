"""Cutting boxes out of annotated tomograms into a training set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.progress import Report, silent, sub_report
from scseg.datasets.channels import map_channels
from scseg.datasets.mask_volume import check_shape
from scseg.datasets.normalisation import DEFINITION, measure_normalisation
from scseg.datasets.resampling import step_between
from scseg.datasets.tomogram import Tomogram, require_apix
from scseg.datasets.training_sets.labelling import (
    BoxGrid,
    TrainingBox,
    box_batches,
    box_images,
    box_labels,
)
from scseg.datasets.training_sets.pixel_size import training_set_apix
from scseg.datasets.training_sets.source_tomogram import SourceTomogram
from scseg.datasets.training_sets.training_set import (
    TrainingSet,
    check_fits_in_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from scseg.datasets.mask_volume import MaskVolume

SMALLEST_BOX = 8


@dataclass(frozen=True, eq=False)
class AnnotatedTomogram:
    """A tomogram with the boxes to be cut out of it.

    `drawn(z)` returns the labels of slice z, uint8 (y, x): 0 background, 1 feature, 2 ignore.
    """

    tomogram: Tomogram
    boxes: Sequence[TrainingBox]
    drawn: Callable[[int], NDArray[np.uint8]]


@dataclass(frozen=True)
class SetParameters:
    """How a training set is made.

    Attributes:
        box_size: pixels along each side of a box.
        apix: the pixel size of the boxes in A; None takes that of the tomograms.
        features: names of what label 1 stands for.
        negative_features: names of features whose boxes are cut out as background.
        depth: slices of each box.
    """

    box_size: int
    apix: float | None
    features: tuple[str, ...]
    negative_features: tuple[str, ...] = ()
    depth: int = 1


@dataclass(frozen=True, eq=False)
class _Space:
    """Where the boxes of one tomogram go."""

    images: NDArray[np.float32]
    labels: NDArray[np.uint8]
    grid: BoxGrid


def annotated_by_mask(
    tomogram: Tomogram, mask: MaskVolume, centres: NDArray[np.int64]
) -> AnnotatedTomogram:
    """Return a tomogram whose labels come from a mask volume of any program.

    Args:
        tomogram: the grey values.
        mask: a volume of the same shape, and what its values mean.
        centres: of the boxes, int (n, 3), each row (z, y, x) in voxels.

    Raises:
        ScsegError: mask and tomogram differ in shape.
    """
    check_shape(mask.volume, tomogram.shape, str(tomogram.path))
    boxes = [TrainingBox(z, y, x) for z, y, x in centres.tolist()]
    return AnnotatedTomogram(tomogram, boxes, mask.labels)


def extract(
    annotated: Sequence[AnnotatedTomogram], parameters: SetParameters, report: Report = silent
) -> TrainingSet:
    """Cut labelled boxes out of annotated tomograms.

    Args:
        annotated: the tomograms, each with its boxes and the labels of its slices.
        parameters: size, pixel size and depth of the boxes, and the names of the features.
        report: is told the progress.

    Returns:
        The boxes, tomogram after tomogram, in the order of each one's list: images float32
        (N, depth, box, box), normalised; labels uint8 (N, box, box).

    Raises:
        ScsegError: there are no boxes, too many, or none with the feature; one lies outside of its
            tomogram; a pixel size is unknown or does not fit.
        CancelledError: from `report`.
    """
    _check(annotated, parameters)
    sampled = [each for each in annotated if each.boxes]
    apix = training_set_apix([each.tomogram for each in sampled], parameters.apix)
    size, count = parameters.box_size, sum(len(each.boxes) for each in sampled)
    images = np.empty((count, parameters.depth, size, size), np.float32)
    labels = np.empty((count, size, size), np.uint8)
    sources = _cut_all(sampled, apix, images, labels, report)
    made = TrainingSet(
        images=images,
        labels=labels,
        positions=np.array([(box.z, box.y, box.x) for each in sampled for box in each.boxes]),
        origins=np.repeat(np.arange(len(sampled)), [len(each.boxes) for each in sampled]),
        apix=apix,
        features=parameters.features,
        sources=sources,
        normalisation=DEFINITION,
        negative_features=parameters.negative_features,
    )
    _check_that_there_are_positives(made)
    return made


def _cut_all(
    sampled: Sequence[AnnotatedTomogram],
    apix: float,
    images: NDArray[np.float32],
    labels: NDArray[np.uint8],
    report: Report,
) -> tuple[SourceTomogram, ...]:
    """Fill images and labels (N, …) with the boxes of one tomogram after the other; return these."""
    sources, start, count = [], 0, len(images)
    for each in sampled:
        where = slice(start, start := start + len(each.boxes))
        grid = BoxGrid(images.shape[-1], step_between(require_apix(each.tomogram), apix))
        space = _Space(images[where], labels[where], grid)
        stage = sub_report(report, where.start / count, where.stop / count)
        sources.append(_cut_out(each, space, stage))
    return tuple(sources)


def _cut_out(annotated: AnnotatedTomogram, space: _Space, report: Report) -> SourceTomogram:
    """Fill the images and labels of one tomogram, slice by slice: each is read once."""
    tomogram, boxes = annotated.tomogram, annotated.boxes
    normalisation = measure_normalisation(tomogram)
    by_slice = sorted(range(len(boxes)), key=lambda index: boxes[index].z)
    done = 0
    for z, indices in groupby(by_slice, key=lambda index: boxes[index].z):
        drawn = annotated.drawn(z)
        layers = map_channels(tomogram, z, space.images.shape[1], normalisation)
        for some in box_batches(list(indices), space.grid):
            report(done / len(boxes), f"{tomogram.path.name}, slice {z}")
            together = [boxes[index] for index in some]
            reading = partial(box_images, boxes=together, grid=space.grid)
            for channel, layer in enumerate(layers):
                space.images[some, channel] = layer.read(reading)
            space.labels[some] = box_labels(drawn, together, space.grid)
            done += len(some)
    native = require_apix(tomogram)
    return SourceTomogram(tomogram.path.name, native, normalisation.centre, normalisation.scale)


def _check(annotated: Sequence[AnnotatedTomogram], parameters: SetParameters) -> None:
    """Refuse all that can be refused before any work is done."""
    count = sum(len(each.boxes) for each in annotated)
    if count == 0:
        names = ", ".join(parameters.features + parameters.negative_features)
        where = annotated[0].tomogram.path if len(annotated) == 1 else "these tomograms"
        raise ScsegError(f"There are no boxes for {names} in {where}: place or list some.")
    if parameters.box_size < SMALLEST_BOX:
        raise ScsegError(
            f"A box size of {parameters.box_size} pixels is too small: use {SMALLEST_BOX} or more."
        )
    check_fits_in_file(count, parameters.depth, parameters.box_size)
    for each in annotated:
        _check_tomogram(each, parameters.depth)


def _check_tomogram(annotated: AnnotatedTomogram, depth: int) -> None:
    path, shape = annotated.tomogram.path, annotated.tomogram.shape
    if annotated.boxes and depth > shape[0]:
        raise ScsegError(
            f"{path} has {shape[0]} slices, which boxes of {depth} slices do not fit into: use fewer."
        )
    for box in annotated.boxes:
        if not all(
            0 <= at < length for at, length in zip((box.z, box.y, box.x), shape, strict=True)
        ):
            raise ScsegError(
                f"The box at x {box.x}, y {box.y}, z {box.z} lies outside {path}, which has "
                f"{shape[2]} x {shape[1]} x {shape[0]} voxels (x, y, z): positions count from 0."
            )


def _check_that_there_are_positives(made: TrainingSet) -> None:
    if not made.positive.any():
        names = " or ".join(made.features)
        raise ScsegError(
            f"No box of {len(made.labels)} holds any {names}: draw it inside of some, or check that "
            "masks and boxes belong to the same tomogram."
        )
