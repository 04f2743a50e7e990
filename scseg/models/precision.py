"""The precision in which networks multiply: chosen by the user, or the fastest of what predicts.

What predicts is known in its process alone, which tells: a processor multiplies bfloat16 by itself or not, a
graphics card float16. Until then a choice is carried as it is.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

from scseg.base import machine
from scseg.base.errors import ScsegError
from scseg.models import backends

Precision = Literal["float32", "bfloat16", "float16"]
PrecisionChoice = Literal["auto", "float32", "bfloat16", "float16"]
CHOICES: tuple[PrecisionChoice, ...] = get_args(PrecisionChoice)

_PRODUCTS_OF_BFLOAT16 = {"avx512_bf16", "amx_bf16"}


def resolved(choice: PrecisionChoice, fast: Precision) -> Precision:
    """Return the precision that a choice means where `fast` is the fastest: float32 if that is another.

    `fast` depends on the device alone, so that equal work gives equal results.
    """
    return fast if choice in ("auto", fast) else "float32"


def settled(choice: PrecisionChoice, fast: Precision) -> Precision:
    """Return the precision that a choice means where `fast` is the fastest, and nothing else for it.

    Raises:
        ScsegError: what predicts is slow in it.
    """
    if is_possible(choice, fast):
        return resolved(choice, fast)
    also = "" if fast == "float32" else f"{fast}, "
    raise ScsegError(
        f"What predicts here does not multiply {choice} by itself, or it is not known that it does: choose "
        f"{also}float32, or auto."
    )


def is_possible(choice: PrecisionChoice, fast: Precision) -> bool:
    """Tell whether a choice can be what it says where `fast` is the fastest precision."""
    return choice in ("auto", "float32", fast)


def check_possible(choice: PrecisionChoice) -> None:
    """Refuse what cannot be, whatever predicts here, before that is known.

    Raises:
        ScsegError: bfloat16 is asked for, and the processor does not multiply it; or float16, and there is no
            graphics card that could.
    """
    if choice == "bfloat16" and not multiplies_bfloat16():
        raise ScsegError(
            "This processor does not multiply bfloat16 by itself, or it is not known that it does: choose "
            "float32, or auto."
        )
    if choice == "float16" and not backends.may_have_card():
        raise ScsegError(
            "Only graphics cards predict in float16, and there is none that the library for networks could "
            "use: choose float32, or auto."
        )


def of_processor() -> Precision:
    """Return the fastest precision of this processor."""
    return "bfloat16" if multiplies_bfloat16() else "float32"


@cache
def multiplies_bfloat16() -> bool:
    """Tell whether the processor multiplies bfloat16 by itself, as far as that is known.

    Others imitate it, and are slower than in float32.
    """
    return bool(_PRODUCTS_OF_BFLOAT16 & machine.processor_features())
