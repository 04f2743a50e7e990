"""The tomograms that the boxes of a training set were cut out of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scseg.datasets.formats.volume import is_voxel_size


@dataclass(frozen=True)
class SourceTomogram:
    """Where boxes came from: the tomogram's file name, and how its grey values were normalised."""

    tomogram: str
    apix: float
    centre: float
    scale: float


def source_record(source: SourceTomogram) -> dict[str, Any]:
    """Return what stands of a source in a set's Info."""
    return {
        "tomogram": source.tomogram,
        "apix": source.apix,
        "centre": source.centre,
        "scale": source.scale,
    }


def source_from_record(told: object) -> SourceTomogram:
    match told:
        # All of it, and nothing else: how grey values were normalised must not be read in half.
        case {"tomogram": name, "apix": apix, "centre": centre, "scale": scale, **others} if (
            not others
        ):
            return SourceTomogram(str(name), voxel_size_from(apix), _number(centre), _number(scale))
    raise ValueError("a source of it is none")


def voxel_size_from(value: object) -> float:
    number = _number(value)
    if not is_voxel_size(number):
        raise ValueError(f"A per pixel is {number}")
    return number


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r:.40} is no number")
    return float(value)
