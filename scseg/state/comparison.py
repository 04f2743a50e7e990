"""Two models that are compared on the slice in view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.annotations.annotation import Annotation
    from scseg.compute.messages import TomogramRef


@dataclass(frozen=True)
class SliceDice:
    """The Dice of both models with what is drawn on slice z; NaN where there is nothing in either."""

    z: int
    first: float
    second: float


@dataclass(frozen=True)
class SlicesDice:
    """The Dice on all slices on which a feature of a tomogram, called `name`, is drawn.

    `of` is all that the masks depend on, `drawn` the annotation, which another one opened anew is not, and
    its revision then.
    """

    tomogram: TomogramRef
    name: str
    of: object
    drawn: tuple[Annotation, int]
    slices: tuple[SliceDice, ...]


@dataclass(frozen=True)
class Comparison:
    """Models by their ids, and how well they do where that was found out; `measuring` while it is."""

    first: str
    second: str
    measured: SlicesDice | None = None
    measuring: bool = False
