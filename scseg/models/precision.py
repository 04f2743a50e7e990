"""The precision in which networks multiply: chosen by the user, or by what the processor can do."""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

from scseg.base import machine
from scseg.base.errors import ScsegError

Precision = Literal["float32", "bfloat16"]
PrecisionChoice = Literal["auto", "float32", "bfloat16"]
CHOICES: tuple[PrecisionChoice, ...] = get_args(PrecisionChoice)

_PRODUCTS_OF_BFLOAT16 = {"avx512_bf16", "amx_bf16"}


def resolved(choice: PrecisionChoice) -> Precision:
    """Return the precision that a choice means on this computer: bfloat16 only where it is fast.

    That depends on the processor alone, so that equal work gives equal results.
    """
    return "bfloat16" if choice != "float32" and multiplies_bfloat16() else "float32"


def check_possible(choice: PrecisionChoice) -> None:
    """Refuse what this processor cannot do.

    Raises:
        ScsegError: bfloat16 is asked for, and the processor does not multiply it.
    """
    if choice == "bfloat16" and not multiplies_bfloat16():
        raise ScsegError(
            "This processor does not multiply bfloat16 by itself, or it is not known that it does: choose "
            "float32, or auto."
        )


@cache
def multiplies_bfloat16() -> bool:
    """Tell whether the processor multiplies bfloat16 by itself, as far as that is known.

    Others imitate it, and are slower than in float32.
    """
    return bool(_PRODUCTS_OF_BFLOAT16 & machine.processor_features())
