"""What the user is asked about a mask volume of another program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.datasets.mask_values import MaskValues
    from scseg.datasets.mask_volume import MaskMeaning
    from scseg.datasets.tomogram import Tomogram
    from scseg.state.tomograms import OpenTomogram


@dataclass(eq=False)
class MaskQuestion:
    """A mask volume for a feature (its id) of a tomogram, and what its values mean to the user so far."""

    opened: OpenTomogram
    feature: str
    volume: Tomogram
    values: MaskValues
    meaning: MaskMeaning
