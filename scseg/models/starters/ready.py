"""Ready networks: models that were taught on simulated tomograms alone, as files like those of any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg import __version__
from scseg.base.errors import ScsegError
from scseg.base.files.writing import write_errors_as_sentences
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.description import ModelDescription
from scseg.models.files import save_model
from scseg.models.starters.starter import find_starter, known_feature, starter_weights
from scseg.models.weights_file import weights_content

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.models.starters.starter import Starter

ARCHITECTURE = "UNet BN"
"""Its drafts are better than those of VGGNet, and in tiles as fast."""
BOX = 64
USUAL_APIX = 13.92
"""Of the network where no tomogram tells its own."""
COLOURS = {
    "Membrane": (0.26, 0.83, 0.64),
    "Ribosome": (0.95, 0.55, 0.25),
    "Microtubule": (0.35, 0.6, 0.95),
    "Carbon": (0.93, 0.84, 0.35),
}
_OTHER = (0.8, 0.4, 0.8)


def ready_features() -> tuple[str, ...]:
    """Return the features for which there is a ready network.

    Raises:
        ScsegError: the program's own files are damaged.
    """
    starter = find_starter(ARCHITECTURE)
    return starter.features if starter is not None else ()


def write_ready(feature: str, apix: float, folder: Path) -> Path:
    """Write a ready network for tomograms of `apix` A per pixel as a model file, and its weights; return it.

    Starters know many voxel sizes: the model has that of the tomogram, or the nearest that they know.

    Raises:
        ScsegError: there is none for the feature, or it cannot be written.
    """
    starter = find_starter(ARCHITECTURE)
    known = known_feature(starter, (feature,)) if starter is not None else None
    if starter is None or known is None:
        there = ", ".join(ready_features()) or "none"
        raise ScsegError(f"There is no ready network for {feature}: there are {there}.")
    described = _described(starter, known, starter.nearest(apix))
    weights = starter_weights(starter, known, described.depth, apix)
    content = weights_content(weights, starter.keras)
    with write_errors_as_sentences(folder):
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{described.apix:.2f}_{BOX}_{known}_ready.scnm"
    save_model(described, lambda file: file.write(content), path)
    return path


def _described(starter: Starter, feature: str, apix: float) -> ModelDescription:
    return ModelDescription(
        name=feature,
        colour=COLOURS.get(feature, _OTHER),
        architecture=starter.architecture,
        box_size=BOX,
        depth=1,
        apix=apix,
        parameters=ARCHITECTURES[starter.architecture].parameters,
        loss=starter.loss,
        normalisation=starter.normalisation,
        weights_sha256="",
        training_set_sha256="",
        program=f"scseg {__version__}",
        epochs_trained=0,
        origin=starter.origin(feature),
    )
