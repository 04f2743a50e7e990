"""Where that is done which is no command: in a panel, with the mouse, on the command line, or nowhere yet.

The list of commands shows these lines, too, to whoever looks for one of their words.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.state.session import Session

SEGMENTATION, MODELS, EXPORT = "stage-segmentation", "stage-models", "stage-export"
OBJECTS = "stage-objects"


def segment_line(session: Session) -> str:
    """Return how the tomogram in view is segmented on the command line, with the first trained model."""
    tomogram = session.active.ref.path if session.active is not None else "TOMOGRAM"
    trained = (model.ref.path for model in session.models if model.ref is not None)
    model = next(trained, "MODEL.scnm")
    return shlex.join(["scseg", "segment", tomogram, "--model", model, "-o", "results"])


@dataclass(frozen=True)
class Hint:
    """A line that tells where to go. `words` are those by which people look for it, beside its own.

    A click does the command of the id `leads_to`, or copies what `line` returns; with neither it only tells.
    """

    sentence: str
    words: str
    leads_to: str = ""
    line: Callable[[Session], str] | None = None


HINTS = (
    Hint(
        "Whole tomograms in a batch, on another machine: scseg segment, on the command line.",
        "export save write volume prediction mrc 3d batch cluster apply all slices results terminal",
        line=segment_line,
    ),
    Hint(
        "Exports on a cluster of Dask: its address, in Settings / Cluster.",
        "cluster dask slurm scheduler machines workers network distributed export",
    ),
    Hint(
        "What a model finds on this slice: its tab Prediction, save.",
        "export write image mrc mask segmentation",
        MODELS,
    ),
    Hint(
        "What is drawn, as .mrc: the menu of its feature, Export volume mask or slice mask.",
        "export save write mask volume annotation label",
        SEGMENTATION,
    ),
    Hint(
        "A mask of another program: the menu of a feature, Import mask volume.",
        "open load read label annotation imod",
        SEGMENTATION,
    ),
    Hint(
        "Objects, particles and measurements of a mask or prediction: the stage Objects.",
        "pick picking particle coordinates positions star subtomogram template centre points csv table",
        OBJECTS,
    ),
    Hint(
        "Boxes that you placed: the menu of the feature, Export box coordinates.",
        "pick particle coordinates positions centre points export",
        SEGMENTATION,
    ),
    Hint(
        "What you draw is saved by itself. A trained model: its tab Training, save.",
        "store keep write autosave",
        MODELS,
    ),
    Hint(
        "Epochs, batch size, architecture, loss: the tab Training of a model.",
        "train learn network unet validation augmentation rate curve parameters stop",
        MODELS,
    ),
    Hint(
        "Which features teach what, box size: Models, Create a training dataset.",
        "train set sample positive negative background generate extract boxes",
        MODELS,
    ),
    Hint(
        "Threshold, alpha, overlap, blend: the tab Prediction of a model.",
        "opacity transparency probability averaging tiles segment predict",
        MODELS,
    ),
    Hint(
        "How good a model is, which labels to look at again: check, in its tab Prediction.",
        "trust calibration reliability dice score accuracy evaluate validate test wrong label quality",
        MODELS,
    ),
    Hint(
        "Avoid, colocalise, competition: the tab Interactions of a model.",
        "rule partner distance radius combine exclude",
        MODELS,
    ),
    Hint(
        "Name, colour, brush, box size, fill: the panel of a feature.",
        "rename class label size outline contour alpha opacity remove delete",
        SEGMENTATION,
    ),
    Hint(
        "Min, max and the histogram: the panel Filters.",
        "contrast brightness levels grey window gamma range",
    ),
    Hint(
        "Blur, difference of Gaussians, edges: the panel Filters, Add filter.",
        "denoise smooth sobel low-pass high-pass noise bandpass",
    ),
    Hint(
        "The size of a pixel: under the list of tomograms in Datasets.",
        "apix angstrom voxel spacing scale calibration",
    ),
    Hint(
        "There is no view in 3D: export a volume, and open it in a program that renders.",
        "render isosurface mesh surface volume chimera rotate",
        EXPORT,
    ),
)
