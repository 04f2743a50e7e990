"""The kinds of files that the user is asked for, and the suffixes that these have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.actions.objects.positions import READ
from scseg.datasets.tomogram import TOMOGRAM_SUFFIXES
from scseg.interactions.group import SUFFIX as GROUP_SUFFIX

if TYPE_CHECKING:
    from scseg.state.requests import Kind


@dataclass(frozen=True)
class FileKind:
    """What a dialog is called, and which files it offers first: a name for them and their suffixes."""

    title: str
    name: str
    suffixes: tuple[str, ...]


KINDS: dict[Kind, FileKind] = {
    "tomogram": FileKind(
        "Open tomograms", "Tomograms and training sets", (*TOMOGRAM_SUFFIXES, ".scnt")
    ),
    "model": FileKind("Load models", "Models and groups of them", (".scnm", GROUP_SUFFIX)),
    "positions": FileKind(
        "Open positions",
        "Positions",
        READ,
    ),
    "training set": FileKind("Choose a training set", "Training sets", (".scnt",)),
}
