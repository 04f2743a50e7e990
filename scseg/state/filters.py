"""Filters of the slice on the screen: what there is, a stack of them as a tuple, and their kernels.

Each filter makes of an image `(1 - weight) * image + weight * filtered(image)`, and the next one goes on
from there. Beyond the image its outermost voxels go on. A filter is separable, or made of two that are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Kind = Literal["gaussian", "difference", "box", "sobel"]
Stack = tuple["Filter", ...]

MOST_TAPS = 161
"""The longest kernel there can be, that of the widest Gaussian; res/shaders/filter.frag has room for it."""

TRUNCATED = 4.0
"""So many sigmas from its middle a Gaussian is cut off."""


@dataclass(frozen=True)
class Parameter:
    """A number that a user can set, and the tooltip for it; `whole` numbers have no decimals."""

    name: str
    lowest: float
    highest: float
    default: float
    explained: str
    whole: bool = False


@dataclass(frozen=True)
class Description:
    """A kind of filter as users see it. With `keeps_range` its output has the grey values of its input."""

    name: str
    explained: str
    parameters: tuple[Parameter, ...] = ()
    keeps_range: bool = True


_NARROW = Parameter("sigma", 0.1, 20.0, 1.0, "How far it blurs, in voxels.")
_FINE = Parameter("sigma 1", 0.1, 20.0, 1.0, "Structure finer than this, in voxels, is blurred.")
_COARSE = Parameter("sigma 2", 0.1, 20.0, 3.0, "Structure coarser than this, in voxels, goes.")
_SIZE = Parameter("size", 2, 64, 3, "The side of the square, in voxels.", whole=True)

KINDS: Mapping[Kind, Description] = {
    "gaussian": Description("Gaussian blur", "Takes noise away, and fine detail.", (_NARROW,)),
    "difference": Description(
        "Difference of Gaussians",
        "Keeps what is between two sizes: takes away noise as well as slow changes of brightness.",
        (_FINE, _COARSE),
        keeps_range=False,
    ),
    "box": Description("Box blur", "Shows the mean of a square around each voxel.", (_SIZE,)),
    "sobel": Description("Sobel edges", "Shows how steep grey values are.", keeps_range=False),
}


@dataclass(frozen=True)
class Filter:
    """One filter of a stack, with a number for each of its kind's parameters."""

    kind: Kind
    parameters: tuple[float, ...] = ()
    weight: float = 1.0
    on: bool = True


def usual(kind: Kind) -> Filter:
    """Return a filter as it is before anybody has set anything."""
    return Filter(kind, tuple(parameter.default for parameter in KINDS[kind].parameters))


def legal(one: Filter) -> Filter:
    """Return the filter with its numbers within their ranges."""
    allowed = KINDS[one.kind].parameters
    return replace(
        one,
        parameters=tuple(map(_within, one.parameters, allowed)),
        weight=max(0.0, min(one.weight, 1.0)),
    )


def _within(value: float, parameter: Parameter) -> float:
    value = max(parameter.lowest, min(value, parameter.highest))
    return round(value) if parameter.whole else value


def added(stack: Stack, kind: Kind) -> Stack:
    return (*stack, usual(kind))


def removed(stack: Stack, index: int) -> Stack:
    return stack[:index] + stack[index + 1 :]


def moved(stack: Stack, index: int, by: int) -> Stack:
    """Move a filter `by` places on, staying inside the stack."""
    rest = removed(stack, index)
    place = max(0, min(index + by, len(rest)))
    return (*rest[:place], stack[index], *rest[place:])


def replaced(stack: Stack, index: int, one: Filter) -> Stack:
    return (*stack[:index], legal(one), *stack[index + 1 :])


def effective(stack: Stack) -> Stack:
    """Return the filters that change something."""
    return tuple(one for one in stack if one.on and one.weight > 0)


def thinned(stack: Stack, step: int) -> Stack:
    """Return the filters that do the same to an image of which `step` voxels along y and x are one."""
    if step == 1:
        return stack
    return tuple(
        replace(one, parameters=tuple(each / step for each in one.parameters)) for one in stack
    )


def keeps_range(stack: Stack) -> bool:
    """Tell whether what the stack makes of an image has the grey values of that image."""
    return all(KINDS[one.kind].keeps_range for one in effective(stack))


@dataclass(frozen=True, eq=False)
class Kernels:
    """What to correlate an image with: `along_x`, then `along_y`, each float64 (tap, 2), for two results.

    The n taps belong to the voxels from -(n // 2) on. The filtered image is the sum of the two results or,
    with `magnitude`, the root of the sum of their squares.
    """

    along_x: NDArray[np.float64]
    along_y: NDArray[np.float64]
    magnitude: bool = False


def kernels(one: Filter) -> Kernels:
    match one.kind, one.parameters:
        case "gaussian", (sigma,):
            blur = _paired(gaussian(sigma), _NOTHING)
            return Kernels(blur, blur)
        case "difference", (fine, coarse):
            narrow, wide = gaussian(fine), gaussian(coarse)
            return Kernels(_paired(narrow, wide), _paired(narrow, -wide))
        case "box", (size,):
            side = max(1, round(size))
            mean = _paired(np.full(side, 1.0 / side), _NOTHING)
            return Kernels(mean, mean)
        case "sobel", ():
            return Kernels(_paired(_SLOPE, _SMOOTH), _paired(_SMOOTH, _SLOPE), magnitude=True)
        case _:
            raise ValueError(f"{one} has not the parameters of its kind")


def gaussian(sigma: float) -> NDArray[np.float64]:
    """Return the taps of a Gaussian; they sum to 1."""
    radius = int(TRUNCATED * sigma + 0.5)
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    return np.asarray(taps / taps.sum())


_NOTHING = np.zeros(1)
_SLOPE = np.array([-1.0, 0.0, 1.0])
_SMOOTH = np.array([1.0, 2.0, 1.0])


def _paired(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return two kernels side by side, (tap, 2), the shorter one with zeros around it."""
    length = max(len(first), len(second))
    pair = np.zeros((length, 2))
    for column, taps in enumerate((first, second)):
        start = length // 2 - len(taps) // 2
        pair[start : start + len(taps), column] = taps
    return pair
