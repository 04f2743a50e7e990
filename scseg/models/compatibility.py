"""Whether a network fits the boxes or slices that it is given: told before anything is built or started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from scseg.base.errors import ScsegError
from scseg.base.formatting import counted
from scseg.models.architectures.table import ARCHITECTURES

if TYPE_CHECKING:
    from scseg.models.description import ModelDescription

_TOLERANCE = 0.01
_ANY_BOX = 512
_BOX_TO_SLICE = _SEEN_TO_SLICE = 4
_ANY_SLICE = 1 << 28
"""A box that a network sees at once may have this side, or this many times the pixels of the slice; what it
sees of a slice in all, this many times those, or these pixels. More is memory taken for nothing."""


class Boxes(Protocol):
    """What is learnt from: boxes of `box_size` px and `depth` slices, `apix` A per pixel.

    `normalisation` is the definition of their grey values; empty: not known.
    """

    @property
    def box_size(self) -> int: ...
    @property
    def depth(self) -> int: ...
    @property
    def apix(self) -> float: ...
    @property
    def normalisation(self) -> str: ...


def box_size_fits(divisor: int, box_size: int) -> bool:
    """Tell whether a network takes boxes of a size, in px."""
    return box_size % divisor == 0 and box_size >= divisor


def nearest_box_sizes(divisor: int, box_size: int) -> tuple[int, int]:
    """Return the two sizes nearest to one that a network does not take."""
    below = max(box_size // divisor, 1) * divisor
    return below, below + divisor


def check_box_size(architecture: str, divisor: int, box_size: int) -> None:
    """Refuse a box size that an architecture cannot take.

    Raises:
        ScsegError: names the nearest sizes that work.
    """
    if box_size_fits(divisor, box_size):
        return
    below, above = nearest_box_sizes(divisor, box_size)
    raise ScsegError(
        f"{architecture} cannot take boxes of {box_size} pixels, only multiples of {divisor}: "
        f"make the training set anew with {below} or {above}."
    )


def check_can_continue(model: ModelDescription, architecture: str, boxes: Boxes) -> None:
    """Refuse to train a model further as what it is not, or on boxes that it cannot take.

    Raises:
        ScsegError: names both values that differ: architecture, box size (px), depth, pixel size (A),
            definition of the normalisation.
    """
    if architecture != model.architecture:
        raise _refusal(model, f"is a {model.architecture}", f"not a {architecture}")
    if boxes.box_size != model.box_size:
        raise _refusal(
            model, f"takes boxes of {counted(model.box_size, 'pixel')}", f"not {boxes.box_size}"
        )
    if boxes.depth != model.depth:
        raise _refusal(
            model, f"takes boxes of {counted(model.depth, 'slice')}", f"not {boxes.depth}"
        )
    if abs(boxes.apix / model.apix - 1.0) > _TOLERANCE:
        trained, asked = f"{model.apix:.3f}", f"{boxes.apix:.3f}"
        raise _refusal(model, f"was trained at {trained} A per pixel", f"not {asked}")
    if boxes.normalisation not in ("", model.normalisation):
        trained, asked = f"{model.normalisation!r:.40}", f"{boxes.normalisation!r:.40}"
        raise _refusal(
            model, f"was trained on grey values of the definition {trained}", f"not {asked}"
        )


def check_fits(model: ModelDescription, boxes: Boxes) -> None:
    """Refuse to hold a model against boxes that it was not made for; any size that its network takes will do.

    Raises:
        ScsegError: names what differs: box size (px), depth, pixel size (A), definition of the normalisation.
    """
    architecture = ARCHITECTURES.get(model.architecture)
    if architecture is not None and not box_size_fits(architecture.divisor, boxes.box_size):
        what = f"cannot take boxes of {counted(boxes.box_size, 'pixel')}"
    elif boxes.depth != model.depth:
        what = f"takes boxes of {counted(model.depth, 'slice')}, not {boxes.depth}"
    elif abs(boxes.apix / model.apix - 1.0) > _TOLERANCE:
        what = f"was trained at {model.apix:.3f} A per pixel, the boxes have {boxes.apix:.3f}"
    elif boxes.normalisation != model.normalisation:
        what = (
            f"was trained on grey values of the definition {model.normalisation!r:.40}, the boxes have "
            f"{boxes.normalisation!r:.40}"
        )
    else:
        return
    raise ScsegError(f"The model {model.name} {what}: make a set that fits the model.")


def check_slice(model: ModelDescription, shape: tuple[int, int], step: float, mode: str) -> None:
    """Refuse to apply a model where it would take memory out of proportion to the slice.

    `shape` is the slice's (y, x), of whose pixels `step` make one of the model's; in the mode `tiles` the
    model sees one box at a time.

    Raises:
        ScsegError: names the sizes.
    """
    height, width = (max(1, round(length / step)) for length in shape)
    if model.depth * height * width > max(
        _SEEN_TO_SLICE * model.depth * shape[0] * shape[1], _ANY_SLICE
    ):
        raise ScsegError(
            f"{model.name} was trained at {model.apix:g} A per pixel and would see slices of {width} x "
            f"{height} pixels: check the pixel size of the tomogram, or train for it."
        )
    most = max(_ANY_BOX**2, _BOX_TO_SLICE * height * width)
    if mode == "tiles" and model.box_size**2 > most:
        raise ScsegError(
            f"{model.name} was trained on boxes of {model.box_size} pixels, far larger than the slices, "
            f"which have {width} x {height} for it: predict whole slices (the mode `whole`), or "
            "train with smaller boxes."
        )


def _refusal(model: ModelDescription, is_: str, asked: str) -> ScsegError:
    return ScsegError(
        f"The model {model.name} {is_}, {asked}, which cannot change in training: use a training set "
        "that fits it, or train a new model."
    )
