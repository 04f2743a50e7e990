"""Which values a mask volume holds: found slice by slice, before anybody decides what they mean."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from scseg.base.progress import Report, silent

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.datasets.tomogram import Tomogram

Kind = Literal["one value", "two values", "labels", "scores"]

MOST_LABELS = 1024
"""A volume with more values than these holds no labels that anybody could choose from."""
_FEW = 8


@dataclass(frozen=True)
class MaskValues:
    """What is in a mask volume.

    Attributes:
        path: its file.
        voxels: how many there are.
        lowest, highest: of the values that are finite; 0 where none is.
        counts: how many voxels have each value, by the value, in ascending order; empty where there are more
            than MOST_LABELS values. Voxels that are no numbers count nowhere.
        are_bytes: values take one byte, so that 255 and -1 are the same.
    """

    path: Path
    voxels: int
    lowest: float
    highest: float
    counts: dict[float, int] = field(default_factory=dict)
    are_bytes: bool = False

    def kind(self, ignore: float | None = None) -> Kind:
        """Tell what the values are, the ignore label aside."""
        values = self.besides(ignore)
        if len(values) == 2:
            return "two values"
        if (values and not all(value.is_integer() for value in values)) or not self.is_listed:
            return "scores"
        return "labels" if len(values) > 2 or any(values) else "one value"

    @property
    def is_listed(self) -> bool:
        """Whether `counts` has all values; also true of a volume without any number."""
        return bool(self.counts) or self.lowest == self.highest

    def besides(self, ignore: float | None) -> list[float]:
        """Return the values other than the ignore label, in ascending order."""
        return [value for value in self.counts if value != ignore]

    def as_read(self, label: float | None) -> float | None:
        """Return a label with the sign that bytes were read with: 255 can stand there as -1."""
        if label is None or label in self.counts or not self.are_bytes:
            return label
        other = label - 256 if label > 127 else label + 256
        return other if other in self.counts else label


def survey(volume: Tomogram, report: Report = silent) -> MaskValues:
    """Look at all values of a volume; memory is taken for a slice at a time.

    Raises:
        ScsegError: the file is gone or is another one by now.
        CancelledError: from `report`.
    """
    depth, height, width = volume.shape
    counts: Counter[float] = Counter()
    lowest, highest = np.inf, -np.inf
    for z in range(depth):
        report(z / depth, f"Looking at slice {z + 1} of {depth}")
        values = _finite(volume.stored.slice(z))
        if values.size == 0:
            continue
        lowest, highest = min(lowest, float(values.min())), max(highest, float(values.max()))
        if len(counts) <= MOST_LABELS:
            counts.update(_counted(values, counts))
    few = len(counts) <= MOST_LABELS
    return MaskValues(
        path=volume.path,
        voxels=depth * height * width,
        lowest=lowest if counts else 0.0,
        highest=highest if counts else 0.0,
        counts=dict(sorted(counts.items())) if few else {},
        are_bytes=volume.stored.dtype.itemsize == 1,
    )


def usual_threshold(values: MaskValues) -> float:
    """Return a number to begin with: the middle of probabilities, or else of what there is."""
    probable = values.lowest >= 0 and 0.5 < values.highest <= 1
    return 0.5 if probable else float(f"{(values.lowest + values.highest) / 2:.3g}")


def _finite(values: NDArray[Any]) -> NDArray[Any]:
    """Return the values that are finite, (n,)."""
    values = values.reshape(-1)
    return values[np.isfinite(values)] if values.dtype.kind == "f" else values


def _counted(values: NDArray[Any], known: Counter[float]) -> dict[float, int]:
    """Count the values of a slice, (n,); the most common way, that there are few and known ones, is quick."""
    if values.dtype.kind in "biu" and values.dtype.itemsize <= 2:
        lowest = int(values.min())
        numbers = np.bincount(values.astype(np.int32) - lowest)
        return {float(lowest + i): int(numbers[i]) for i in np.flatnonzero(numbers)}
    if 0 < len(known) <= _FEW:
        found = {value: int(np.count_nonzero(values == value)) for value in known}
        if sum(found.values()) == values.size:
            return found
    distinct, numbers = np.unique(values, return_counts=True)
    # So many that they are scores: the first ones tell that.
    some = slice(MOST_LABELS + 1)
    return dict(zip(distinct[some].tolist(), numbers[some].tolist(), strict=True))
