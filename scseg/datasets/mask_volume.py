"""Masks of other programs: what the values of a volume mean is decided here, and told."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.base.progress import Report, silent
from scseg.datasets.mask_values import survey, usual_threshold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from scseg.datasets.mask_values import MaskValues
    from scseg.datasets.tomogram import Tomogram

_LISTED = 12


@dataclass(frozen=True)
class MaskMeaning:
    """Which values of a mask volume are the feature: `label`, or those from `threshold` on.

    Voxels of the value `ignore` are neither feature nor background. What is None is not said.
    """

    label: float | None = None
    threshold: float | None = None
    ignore: float | None = None


NOTHING = math.nan
"""A label that no voxel has."""


@dataclass(frozen=True, eq=False)
class MaskVolume:
    """A mask volume and what its values mean; `told` is that in a sentence for the user."""

    volume: Tomogram
    meaning: MaskMeaning
    told: str

    def labels(self, z: int) -> NDArray[np.uint8]:
        """Return slice z, (y, x), as labels: background, feature, ignore.

        Raises:
            ScsegError: the file is gone or is another one by now.
        """
        values, meaning = self.volume.stored.slice(z), self.meaning
        inside = values == meaning.label
        if meaning.threshold is not None:
            inside = values >= meaning.threshold
        labels = np.where(inside, np.uint8(FEATURE), np.uint8(BACKGROUND))
        if meaning.ignore is not None:
            labels[values == meaning.ignore] = IGNORE
        return labels


def check_shape(volume: Tomogram, shape: tuple[int, int, int], of: str) -> None:
    """Refuse a mask that is not of a tomogram of this shape, (z, y, x), which the sentence calls `of`.

    Raises:
        ScsegError: they differ.
    """
    if volume.shape != shape:
        raise ScsegError(
            f"{volume.path} has shape {volume.shape} (z, y, x) but {of} has {shape}: give the mask of this "
            "tomogram."
        )


def read_mask(
    volume: Tomogram, said: MaskMeaning = MaskMeaning(), report: Report = silent
) -> MaskVolume:
    """Decide what a volume means, as far as the user has not said it.

    Raises:
        ScsegError: the user has to say more, or has said what cannot be.
        CancelledError: from `report`.
    """
    return decided(volume, survey(volume, report), said)


def decided(volume: Tomogram, values: MaskValues, said: MaskMeaning) -> MaskVolume:
    """Decide what the values of a volume mean, as far as the user has not said it.

    Raises:
        ScsegError: the user has to say more, or has said what cannot be.
    """
    said = replace(said, label=values.as_read(said.label), ignore=values.as_read(said.ignore))
    if said.label is None and said.threshold is None:
        said = replace(said, label=_feature(values, said.ignore))
    elif said.label is not None:
        _check_label(values, said)
    return MaskVolume(volume, said, _told(values, said))


def _feature(values: MaskValues, ignore: float | None) -> float:
    """Return the value that is plainly the feature's.

    Raises:
        ScsegError: there is none.
    """
    match values.kind(ignore):
        case "one value":
            return NOTHING
        case "two values":
            # Bytes can be moved by 128, or read with the other sign: 0 is none wherever it occurs.
            low, high = values.besides(ignore)
            return low if high == 0 else high
        case "labels":
            listed = values.besides(ignore)
            scores = len(listed) > _LISTED
            raise ScsegError(
                f"{values.path} holds the label{'s' * (len(listed) > 1)} {_list(listed)}: say which is the "
                f"feature, for example with --label {number(listed[-1])}"
                + (", or, if these are scores, from which on, with --threshold." * scores or ".")
            )
        case "scores":
            raise ScsegError(
                f"{values.path} holds scores from {number(values.lowest)} to {number(values.highest)}: say "
                f"from which on they are the feature, for example with --threshold "
                f"{number(usual_threshold(values))}."
            )


def _check_label(values: MaskValues, said: MaskMeaning) -> None:
    if said.label == said.ignore:
        raise ScsegError(
            f"{number(said.label or 0)} cannot be both the label and the ignore label."
        )
    if values.is_listed and said.label not in values.counts:
        raise ScsegError(
            f"{values.path} has no voxel with the label {number(said.label or 0)}: it holds "
            f"{_list(values.counts)}."
        )


def _told(values: MaskValues, meaning: MaskMeaning) -> str:
    name, label = values.path.name, meaning.label
    if meaning.threshold is not None:
        told = (
            f"In {name}, values of {number(meaning.threshold)} and above are taken for the feature"
        )
    elif label is None or math.isnan(label):
        told = f"{name} holds one value alone: nothing of it is taken for the feature"
    else:
        told = f"{name} holds {_list(values.besides(meaning.ignore)) or 'many values'}: "
        told += f"{number(label)} is taken for the feature{_share(values, label)}"
    if meaning.ignore is not None:
        told += f"; {number(meaning.ignore)} is ignored{_share(values, meaning.ignore)}"
    return f"{told}."


def _share(values: MaskValues, value: float) -> str:
    share = values.counts.get(value, 0) / values.voxels
    return f", {share * 100:.3g} % of the voxels" if values.is_listed else ""


def _list(values: Iterable[float]) -> str:
    """Return some values in words, not more than fit into a sentence."""
    words = [number(value) for value in values]
    if len(words) > _LISTED:
        words = [*words[: _LISTED // 2], "…", words[-1]]
    return " and ".join(words) if len(words) == 2 else ", ".join(words)


def number(value: float) -> str:
    """Return a value as a user writes it: whole ones without a point."""
    return str(int(value)) if float(value).is_integer() else f"{value:.6g}"
