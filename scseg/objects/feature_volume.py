"""A feature in a volume of any program, read slice by slice: its mask, and scores where it has them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.labels import FEATURE
from scseg.base.progress import Report, silent
from scseg.datasets.mask_values import survey, usual_threshold
from scseg.datasets.mask_volume import MaskMeaning, MaskVolume, decided, number
from scseg.datasets.volume_header import FULL_SCALE
from scseg.datasets.written_volume import own_content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.datasets.mask_values import MaskValues
    from scseg.datasets.tomogram import Tomogram

USUAL_THRESHOLD = 0.5
_MOST_LABELS = 2**24


class FeatureSlices(Protocol):
    """A feature of a tomogram, slice by slice, wherever it comes from: a volume, or what is drawn.

    `volume` is what it lies in, `threshold` the score from which on a voxel is the feature.
    """

    @property
    def volume(self) -> Tomogram: ...
    @property
    def threshold(self) -> float: ...
    def inside(self, z: int) -> NDArray[np.bool_]: ...
    def scores(self, z: int) -> NDArray[np.float32]: ...


@dataclass(frozen=True, eq=False)
class FeatureVolume:
    """A volume of which it is known what of it is the feature; `told` is that in a sentence for the user.

    Attributes:
        mask: what its values mean.
        scale: the value that counts as a score of 1.
        threshold: the score from which on a voxel is the feature.
    """

    mask: MaskVolume
    scale: float
    threshold: float
    told: str

    @property
    def volume(self) -> Tomogram:
        return self.mask.volume

    def inside(self, z: int) -> NDArray[np.bool_]:
        """Return which voxels of slice z, (y, x), are the feature.

        Raises:
            ScsegError: the file is gone or is another one by now.
        """
        found: NDArray[np.bool_] = self.mask.labels(z) == FEATURE
        return found

    def scores(self, z: int) -> NDArray[np.float32]:
        """Return the scores of slice z, (y, x); of a mask they are 0 and 1.

        Raises:
            ScsegError: the file is gone or is another one by now.
        """
        if self.mask.meaning.threshold is None:
            return self.inside(z).astype(np.float32)
        return self.volume.slice(z) / np.float32(self.scale)


def read_feature(
    volume: Tomogram, said: MaskMeaning | None = None, report: Report = silent
) -> FeatureVolume:
    """Find out what of a volume is the feature, as far as the user has not said it.

    Predictions of this program are known by their header: 127 stands for 1, and the threshold is 0.5 unless
    `said`. So it is for scores from 0 to 1 of others. All else is as `mask_volume.read_mask` has it.

    Raises:
        ScsegError: the user has to say more, or has said what cannot be.
        CancelledError: from `report`.
    """
    said = said or MaskMeaning()
    if own_content(volume) == "prediction" and said.label is None:
        return predicted_feature(volume, said)
    return decided_feature(volume, survey(volume, report), said)


def decided_feature(volume: Tomogram, values: MaskValues, said: MaskMeaning) -> FeatureVolume:
    """Find out what of a volume that holds these values is the feature, as far as the user has not said it.

    Raises:
        ScsegError: the user has to say more, or has said what cannot be.
    """
    undecided = said.label is None and said.threshold is None
    probable = values.lowest >= 0 and USUAL_THRESHOLD < values.highest <= 1
    if undecided and probable and values.kind(said.ignore) == "scores":
        said = MaskMeaning(threshold=usual_threshold(values), ignore=said.ignore)
    mask = decided(volume, values, said)
    if mask.meaning.threshold is None:
        return FeatureVolume(mask, 1.0, USUAL_THRESHOLD, mask.told)
    return FeatureVolume(mask, 1.0, mask.meaning.threshold, mask.told)


def whole_mask(feature: FeatureSlices, report: Report = silent) -> NDArray[np.bool_]:
    """Return the mask of a feature, bool (z, y, x): a byte a voxel.

    Raises:
        ScsegError: the file is gone, or the memory does not suffice.
        CancelledError: from `report`.
    """
    volume = feature.volume
    with enough_memory(volume.path):
        mask = np.zeros(volume.shape, np.bool_)
        for z in range(len(mask)):
            report(z / len(mask), f"Reading slice {z + 1} of {len(mask)}")
            mask[z] = feature.inside(z)
    return mask


def whole_labels(volume: Tomogram, report: Report = silent) -> NDArray[np.int32]:
    """Return a volume whose values number its objects, int32 (z, y, x); 0 and below is background.

    Raises:
        ScsegError: a value is no whole number, or is too large; or as `whole_mask`.
        CancelledError: from `report`.
    """
    with enough_memory(volume.path):
        labels = np.zeros(volume.shape, np.int32)
        for z in range(len(labels)):
            report(z / len(labels), f"Reading slice {z + 1} of {len(labels)}")
            labels[z] = _whole_numbers(volume.slice(z), volume.path)
    return labels


@contextlib.contextmanager
def enough_memory(path: Path) -> Iterator[None]:
    """Tell in a sentence that a volume does not fit into the memory.

    Raises:
        ScsegError: in place of a MemoryError that passes through.
    """
    try:
        yield
    except MemoryError as error:
        raise ScsegError(
            f"The memory does not suffice for {path}: close other programs, or bin the volume."
        ) from error


def predicted_feature(volume: Tomogram, said: MaskMeaning) -> FeatureVolume:
    """Return what of a volume that this program predicted is the feature; looks at no file.

    Raises:
        ScsegError: the threshold cannot be.
    """
    scale = FULL_SCALE if volume.stored.dtype.kind in "iu" else 1.0
    threshold = USUAL_THRESHOLD if said.threshold is None else said.threshold
    if not 0 <= threshold <= 1:
        raise ScsegError(
            f"{volume.path} holds a prediction, 0 to 1: the threshold cannot be {number(threshold)}."
        )
    meaning = MaskMeaning(threshold=threshold * scale, ignore=said.ignore)
    name = volume.path.name
    told = f"In {name}, predictions of {number(threshold)} and above are taken for the feature"
    full = f"; {FULL_SCALE} stands for 1." if scale == FULL_SCALE else "."
    return FeatureVolume(MaskVolume(volume, meaning, told + full), scale, threshold, told + full)


def _whole_numbers(values: NDArray[np.float32], path: Path) -> NDArray[np.int32]:
    whole = np.rint(values)
    if not (np.array_equal(whole, values) and values.max() <= _MOST_LABELS):
        raise ScsegError(
            f"{path} does not number objects: its values are no whole numbers. Leave out --labels, or name a "
            "volume of labels."
        )
    return np.maximum(whole, 0).astype(np.int32)
