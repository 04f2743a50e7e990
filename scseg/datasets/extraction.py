"""Cutting boxes out of tomograms and their masks: from annotation to training set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.datasets import resampling
from scseg.datasets.normalisation import DEFINITION, measure
from scseg.datasets.tomogram import Tomogram, known_apix
from scseg.datasets.training_set import Source, TrainingSet, check_size
from scseg.errors import ScsegError
from scseg.labels import BACKGROUND, FEATURE, IGNORE
from scseg.progress import Report, silent

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST_BOX = 8


@dataclass(frozen=True, eq=False)
class Annotated:
    """A tomogram, the mask of a feature in it (0 where it is not), and where boxes stand.

    `mask` has the tomogram's shape; `boxes` is int (n, 3), box centres (z, y, x) in px.
    """

    tomogram: Tomogram
    mask: Tomogram
    boxes: NDArray[np.int64]


@dataclass(frozen=True)
class SetParameters:
    """What a training set is to be: box size (px), pixel size (A; None: the data's), feature names."""

    box_size: int
    apix: float | None
    features: tuple[str, ...]


def extract(
    annotated: Annotated, parameters: SetParameters, report: Report = silent
) -> TrainingSet:
    """Cut all boxes of a tomogram. A box with no mask in it becomes a negative.

    Raises:
        ScsegError: mask and tomogram differ in shape, a box lies outside, the pixel size is unknown.
    """
    tomogram, boxes = annotated.tomogram, annotated.boxes
    _check(annotated, parameters)
    native = known_apix(tomogram)
    apix, step = _sampling(native, parameters.apix)
    size = parameters.box_size
    normalisation = measure(tomogram)
    images = np.empty((len(boxes), 1, size, size), np.float32)
    labels = np.empty((len(boxes), size, size), np.uint8)
    done = 0
    # Slice by slice, so that each is read once, in whatever order its boxes are listed.
    for z in np.unique(boxes[:, 0]):
        image = normalisation.apply(tomogram.slice(int(z)))
        # Bytes of 128 and above, in files that count as signed, read as negative numbers.
        mask = (np.abs(annotated.mask.slice(int(z))) > 0.5).astype(np.float32)
        for index in np.flatnonzero(boxes[:, 0] == z):
            report(done / len(boxes), f"box {done + 1} of {len(boxes)}")
            y, x = (int(v) for v in boxes[index, 1:])
            images[index, 0] = box_image(image, (y, x), size, step)
            labels[index] = box_label(mask, (y, x), size, step)
            done += 1
    source = Source(tomogram.path.name, native, normalisation.centre, normalisation.scale)
    return TrainingSet(
        images=images,
        labels=labels,
        positions=boxes,
        origins=np.zeros(len(boxes), np.int64),
        apix=apix,
        features=parameters.features,
        sources=(source,),
        normalisation=DEFINITION,
    )


def box_image(
    image: NDArray[np.float32], centre: tuple[int, int], size: int, step: float
) -> NDArray[np.float32]:
    """Return the box of `size` pixels, each `step` pixels of the slice, around `centre` (y, x).

    At step 1 it covers [centre - size // 2, centre - size // 2 + size) unchanged. Mirrored at edges.
    """
    return resampling.resampled(image, _reading_centre(centre, size, step), (size, size), step)


def box_label(
    mask: NDArray[np.float32], centre: tuple[int, int], size: int, step: float
) -> NDArray[np.uint8]:
    """Return the label of a box: the mask (0/1) where it fills half of a pixel, 2 outside the slice."""
    middle = _reading_centre(centre, size, step)
    area = resampling.resampled(mask, middle, (size, size), step, resampling.AREA)
    label = np.where(area >= 0.5 - 1e-6, FEATURE, BACKGROUND).astype(np.uint8)
    outside_y, outside_x = (
        _outside(length, c, size, step) for length, c in zip(mask.shape, middle, strict=True)
    )
    label[outside_y, :] = IGNORE
    label[:, outside_x] = IGNORE
    return label


def _reading_centre(centre: tuple[int, int], size: int, step: float) -> tuple[float, float]:
    """Return where the middle of a box is read: on whole pixels where nothing is resampled."""
    shift = (size - 1) / 2 - size // 2 if step == 1.0 else 0.0
    return centre[0] + shift, centre[1] + shift


def _outside(length: int, centre: float, size: int, step: float) -> NDArray[np.bool_]:
    positions = centre + (np.arange(size) - (size - 1) / 2) * step
    return np.asarray((positions < -0.5) | (positions > length - 0.5))


def _sampling(native: float, wanted: float | None) -> tuple[float, float]:
    """Return the set's pixel size (A) and how many of the tomogram's pixels that is."""
    if wanted is None or not resampling.differ(wanted, native):
        return native, 1.0
    return wanted, wanted / native


def _check(annotated: Annotated, parameters: SetParameters) -> None:
    tomogram, mask, boxes = annotated.tomogram, annotated.mask, annotated.boxes
    if mask.shape != tomogram.shape:
        raise ScsegError(
            f"{mask.path} has shape {mask.shape} (z, y, x) but {tomogram.path} has {tomogram.shape}: "
            "give the mask of this tomogram."
        )
    if len(boxes) == 0:
        raise ScsegError(f"There are no boxes to cut out of {tomogram.path}: place or list some.")
    if parameters.box_size < SMALLEST_BOX:
        raise ScsegError(
            f"A box size of {parameters.box_size} pixels is too small: use {SMALLEST_BOX} or more."
        )
    check_size(len(boxes), 1, parameters.box_size)
    outside = ((boxes < 0) | (boxes >= tomogram.shape)).any(axis=1)
    if outside.any():
        z, y, x = boxes[outside.argmax()]
        raise ScsegError(
            f"The box at x {x}, y {y}, z {z} lies outside {tomogram.path}, which has "
            f"{tomogram.shape[2]} x {tomogram.shape[1]} x {tomogram.shape[0]} voxels (x, y, z): "
            "positions count from 0."
        )
