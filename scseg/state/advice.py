"""Where the next annotation would teach most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.compute.messages import TomogramRef


@dataclass(frozen=True)
class Place:
    """The centre of a box, and the mean doubt of the models in it, 0 to 1."""

    z: int
    y: int
    x: int
    doubt: float


@dataclass(frozen=True)
class Advice:
    """Boxes (px) of a tomogram where these models are in doubt, the most doubtful first.

    `models` are their ids with the hashes of their weights: saved elsewhere, they are the same.
    """

    tomogram: TomogramRef
    models: frozenset[tuple[str, str]]
    box_size: int
    places: tuple[Place, ...]
    shown: Place | None = None
