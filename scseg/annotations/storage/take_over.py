"""Editing an annotation that another process had open, once that process is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.annotations.storage.location import is_held
from scseg.annotations.storage.opening import open_annotation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.annotations.crop import Shape
    from scseg.annotations.storage.opening import OpenAnnotation


def take_over(
    tomogram: Path, shape: Shape, wake: Callable[[], None] = lambda: None
) -> OpenAnnotation | None:
    """Open anew, as it is now, an annotation that another process had open; None while it is held.

    While it is held this costs one look at its lock; then the whole file is read, so it belongs into a job.
    It may still be that it can only be seen: for another reason, or as a third process was quicker. What was
    opened read only before holds nothing: close and drop it, once this has taken its place.

    Raises:
        ScsegError: as `open_annotation`.
    """
    return None if is_held(tomogram) else open_annotation(tomogram, shape, wake)
