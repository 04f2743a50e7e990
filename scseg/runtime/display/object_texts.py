"""What panels say of objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.formatting import counted

if TYPE_CHECKING:
    from scseg.state.objects import ObjectsState


def told_of_objects(state: ObjectsState) -> str:
    """Return how many objects there are, and how many are left out."""
    found, kept = state.found, state.kept
    if found is None or kept is None:
        return ""
    count = int(kept.sum())
    left_out = found.objects.count - count
    return counted(count, "object") + (f", {left_out} left out" if left_out else "")


def largest_nm3(state: ObjectsState) -> float:
    """Return the end of a slider for the smallest size: the volume of the largest object, at least 1."""
    found = state.found
    if found is None or not found.objects.count:
        return 1.0
    return max(1.0, float(found.objects.volumes_nm3[1:].max()))
