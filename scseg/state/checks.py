"""A model that was held against labelled boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.annotations.annotation import Annotation
    from scseg.compute.checking import ModelCheck
    from scseg.compute.messages import TomogramRef

    Drawn = tuple[Annotation, int]


@dataclass(frozen=True, eq=False)
class CheckedModel:
    """What came of a check of the weights with this hash.

    `of` tells of which boxes, for the user: those of a set, or of a feature of `tomogram`. `drawn` is the
    annotation with its revision then: opened anew, it is another one. `shown` is the number of the box that
    was chosen from them.
    """

    found: ModelCheck
    weights_sha256: str
    of: str
    tomogram: TomogramRef | None = None
    drawn: Drawn | None = None
    shown: int | None = None
