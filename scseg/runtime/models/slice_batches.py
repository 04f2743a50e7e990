"""Between batches and predictions: hands over what has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from scseg.compute.messages import SliceRequest
    from scseg.preview.predictions import Predictions
    from scseg.state.session import Session
    from scseg.state.slice_batch import Arrays, Requests, SliceBatch


def serve(session: Session, predictions: Predictions, failed: AbstractSet[SliceRequest]) -> None:
    """Give every batch the slices that are complete, and forget those that have ended."""
    session.slice_batches[:] = [batch for batch in session.slice_batches if not batch.ended]
    for batch in session.slice_batches:
        if session.tomogram_of(batch.tomogram) is None:
            batch.fail(f"{batch.tomogram.path} was closed before all of it was predicted.")
        else:
            _serve(batch, predictions, failed)


def _serve(batch: SliceBatch, predictions: Predictions, failed: AbstractSet[SliceRequest]) -> None:
    while (step := batch.next) is not None:
        z, requests = step
        if not failed.isdisjoint(requests.values()):
            batch.fail(f"Slice {z + 1} cannot be predicted: the messages tell why.")
            return
        arrays = _complete(requests, predictions)
        if arrays is None:
            return
        batch.give(arrays)


def _complete(requests: Requests, predictions: Predictions) -> Arrays | None:
    """Return what is predicted of a slice; None until all of it is."""
    arrays = {}
    for model, request in requests.items():
        found = predictions.get(request)
        if found is None or not found.complete:
            return None
        arrays[model] = found.values
    return arrays
