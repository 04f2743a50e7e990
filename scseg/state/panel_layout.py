"""How the user has arranged the panels and the list of tomograms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Sort = Literal["opened", "name", "folder"]


class Stage(StrEnum):
    """The stages of the work, named as their tabs are."""

    SEGMENTATION = "Segmentation"
    MODELS = "Models"
    EXPORT = "Export"
    OBJECTS = "Objects"


PURPOSES: dict[Stage, str] = {
    Stage.SEGMENTATION: "Draw a feature on a few slices, and place boxes on it to learn from.",
    Stage.MODELS: "Train a network on the boxes, see what it finds on every slice, and mend that.",
    Stage.EXPORT: "Apply the models to whole tomograms, and look at what they have found.",
    Stage.OBJECTS: "Take a mask apart: objects, positions of particles, measurements.",
}
"""What each stage is for, in the order of the work."""


@dataclass(frozen=True)
class TomogramOrder:
    """Which open tomograms the list shows, and in which order."""

    words: str = ""
    sort: Sort = "opened"
    backwards: bool = False


@dataclass(frozen=True)
class PanelLayout:
    """How the panels at the left stand: the stage in front, the headers that are shut, width in points.

    `folded` are the ids of features and models of which the title alone is seen.
    """

    stage: Stage = Stage.SEGMENTATION
    shut: frozenset[str] = frozenset()
    width: float = 330.0
    folded: frozenset[str] = frozenset()
