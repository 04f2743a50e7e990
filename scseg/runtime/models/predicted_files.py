"""Saves what a model finds on the slice in view, as it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions.models import prediction_files
from scseg.preview import needed_slices
from scseg.preview.predictions import segmentation
from scseg.state.active_models import is_active

if TYPE_CHECKING:
    from scseg.datasets.volume_header import VoxelKind
    from scseg.runtime.on_screen import ShownPrediction
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def save(session: Session, mask: ShownPrediction, kind: VoxelKind) -> None:
    """Ask for a file and write the prediction into it, or its mask; nothing where there is an obstacle."""
    opened = session.tomogram_of(mask.request.tomogram)
    if opened is None or obstacle(opened, mask.model, mask):
        return
    removed = None if mask.removed is None else mask.removed.pixels
    values = segmentation(mask.prediction, needed_slices.shown_part(opened), removed)
    prediction_files.save(session, mask.model, mask.request, values, kind)


def obstacle(opened: OpenTomogram | None, model: Model, mask: ShownPrediction | None) -> str:
    """Return why there is nothing to be saved now; nothing where there is."""
    if model.weights is None:
        return "The model has learnt nothing yet."
    if not (is_active(model, opened) and model.display.show):
        return "Only what is shown can be saved: tick active and show."
    if mask is None:
        return "Nothing is predicted on this slice yet."
    if not mask.prediction.complete or mask.request.model != model.ref:
        return "The prediction of this slice is not complete yet."
    return "Its rules are being applied." if mask.pending else ""
