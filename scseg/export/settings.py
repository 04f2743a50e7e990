"""What a user can choose of an export, alike for all its tomograms and models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.base.rect import Rect
    from scseg.compute.messages import PredictionMode
    from scseg.datasets.volume_header import VoxelKind
    from scseg.models.precision import PrecisionChoice


@dataclass(frozen=True)
class TomogramWord:
    """What the user knows better than the headers of tomograms; None leaves it to them.

    Attributes:
        apix: A per pixel.
        apix_z: A from one slice to the next.
        signed: whether values of one byte are.
    """

    apix: float | None = None
    apix_z: float | None = None
    signed: bool | None = None


@dataclass(frozen=True)
class ExportSettings:
    """How volumes are predicted and stored.

    Attributes:
        slices: which, ascending, counted from 0; None is all. A volume holds those only.
        crop: outside of it a volume is 0, in pixels, half-open; None is the whole slice.
        annotated_crop: take the crop of each tomogram's annotation instead, with its slices.
        overlap: of tiles, 0 to 0.67; None is the model's.
        mode: "tiles" as in training, or "whole" slices, which is faster.
        averaging: over how many orientations, 1 to 8.
        precision: of the networks' products.
        kind: int8 is round(127 p), float32 p itself, mask 1 at the model's threshold and above.
        rules_3d: whether rules of a group act in three dimensions; None is as the group says.
        word: on the tomograms.
        separate: each slice goes into an image of its own.
        overwrite: make again what is there already, just as it would be made.
    """

    slices: tuple[int, ...] | None = None
    crop: Rect | None = None
    annotated_crop: bool = False
    overlap: float | None = None
    mode: PredictionMode = "tiles"
    averaging: int = 1
    precision: PrecisionChoice = "auto"
    kind: VoxelKind = "int8"
    rules_3d: bool | None = None
    word: TomogramWord = TomogramWord()
    separate: bool = False
    overwrite: bool = False
