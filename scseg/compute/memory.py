"""What helps where memory did not suffice."""

from __future__ import annotations

from scseg.compute.messages import SliceRequest, TrainingRequest


def memory_remedy(request: SliceRequest | TrainingRequest | None) -> str:
    """Return what the user can do, so that a request (None: whichever it was) needs less memory."""
    if isinstance(request, TrainingRequest):
        return "close other programs, or use smaller boxes or batches"
    if request is not None and request.mode == "whole":
        return "close other programs, or predict in tiles instead of whole slices"
    return "close other programs, or use a model with smaller boxes"
