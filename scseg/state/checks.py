"""A model that was held against labelled boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.compute.checking import ModelCheck
    from scseg.compute.messages import TomogramRef


@dataclass(frozen=True, eq=False)
class CheckedModel:
    """What came of a check of the weights with this hash.

    `of` tells of which boxes, for the user: those of a set, or of a feature of `tomogram` as it was annotated
    at `revision`. `shown` is the number of the box that was chosen from them.
    """

    found: ModelCheck
    weights_sha256: str
    of: str
    tomogram: TomogramRef | None = None
    revision: int = 0
    shown: int | None = None
