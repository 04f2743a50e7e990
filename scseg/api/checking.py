"""How far models can be trusted."""

from __future__ import annotations

from pathlib import Path

from scseg.base.progress import Report, silent
from scseg.compute.checking import CheckOptions, ModelCheck, check_model
from scseg.models import precision

_USUAL = CheckOptions()


def check(
    model: Path | str,
    training_set: Path | str,
    options: CheckOptions = _USUAL,
    report: Report = silent,
) -> ModelCheck:
    """Hold a model against labelled boxes, in a process of its own: as many as a slice has cost as much.

    Threshold and calibration are of the boxes that were held out from training, where the set is that of the
    model and some were; else of all boxes, and `why` says so.

    Args:
        model: the file (.scnm).
        training_set: the file (.scnt): that which the model was trained on, or another of the same box depth,
            pixel size and normalisation.
        options: threshold and tolerance of the table.
        report: is told the progress.

    Returns:
        The best threshold, the reliability curve, and Dice, surface Dice and disagreement of each box.

    Raises:
        ScsegError: a file cannot be read, the boxes are not for this model, or the process died.
        CancelledError: from `report`.
    """
    precision.check_possible(options.precision)
    return check_model(Path(model), Path(training_set), options, report)
