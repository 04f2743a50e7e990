"""Model files for the fake worker, and for tests of files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.datasets.normalisation import DEFINITION
from scseg.models.description import ModelDescription
from scseg.models.files import save_model

if TYPE_CHECKING:
    from pathlib import Path

DESCRIPTION = ModelDescription(
    name="Membrane",
    colour=(0.25, 0.75, 0.5),
    architecture="VGGNet",
    box_size=32,
    depth=1,
    apix=10.0,
    parameters=1493059,
    loss=0.0261,
    normalisation=DEFINITION,
    weights_sha256="",
    training_set_sha256="0" * 64,
    program="test",
    epochs_trained=3,
)


def write_model(folder: Path, **changes: object) -> Path:
    """Write a pair whose weights are a few bytes: enough for all but Keras. Return the .scnm."""
    description = replace(DESCRIPTION, **changes)
    path = folder / description.file_name
    weights = f"weights of {description.name}".encode(errors="surrogateescape")
    save_model(description, lambda file: file.write(weights), path)
    return path
