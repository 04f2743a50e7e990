"""Whether a network can learn from boxes as they are: told before anything is built or started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.errors import ScsegError

if TYPE_CHECKING:
    from scseg.models.description import ModelDescription

_TOLERANCE = 0.01


def fits(divisor: int, box_size: int) -> bool:
    """Tell whether a network takes boxes of a size, in px."""
    return box_size % divisor == 0 and box_size >= divisor


def sizes_beside(divisor: int, box_size: int) -> tuple[int, int]:
    """Return the two sizes nearest to one that a network does not take."""
    below = max(box_size // divisor, 1) * divisor
    return below, below + divisor


def check_box_size(architecture: str, divisor: int, box_size: int) -> None:
    """Refuse a box size that an architecture cannot take.

    Raises:
        ScsegError: names the nearest sizes that work.
    """
    if fits(divisor, box_size):
        return
    below, above = sizes_beside(divisor, box_size)
    raise ScsegError(
        f"{architecture} cannot take boxes of {box_size} pixels, only multiples of {divisor}: "
        f"make the training set anew with {below} or {above}."
    )


def check_goes_on(
    model: ModelDescription, architecture: str, box_size: int, depth: int, apix: float
) -> None:
    """Refuse to train a model further as what it is not.

    Raises:
        ScsegError: names both values that differ: architecture, box size (px), depth, pixel size (A).
    """
    if architecture != model.architecture:
        raise _refusal(model, f"is a {model.architecture}", f"not a {architecture}")
    if box_size != model.box_size:
        raise _refusal(model, f"takes boxes of {model.box_size} pixels", f"not {box_size}")
    if depth != model.depth:
        raise _refusal(model, f"takes boxes of {model.depth} slices", f"not {depth}")
    if abs(apix / model.apix - 1.0) > _TOLERANCE:
        raise _refusal(model, f"was trained at {model.apix:.3f} A per pixel", f"not {apix:.3f}")


def _refusal(model: ModelDescription, is_: str, asked: str) -> ScsegError:
    return ScsegError(
        f"The model {model.name} {is_}, {asked}, which cannot change in training: use a training set "
        "that fits it, or train a new model."
    )
