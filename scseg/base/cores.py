"""How many cores of the processor this program may use."""

from __future__ import annotations

import os

from scseg.base.errors import ScsegError
from scseg.base.machine import cores_lent

VARIABLE = "SCSEG_THREADS"
_MOST = 1024


def usable_cores() -> int:
    """Return how many threads networks run in.

    What the environment variable says; without it, the cores that the system lets this process use: a batch
    system often lends a few of many.

    Raises:
        ScsegError: the variable is set, and not to a whole number of at least 1.
    """
    said = os.environ.get(VARIABLE, "")
    if said:
        if not (said.isascii() and said.isdigit() and 1 <= int(said) <= _MOST):
            raise ScsegError(
                f"The environment variable {VARIABLE} is {said!r}: set it to a whole number of cores, 1 or "
                "more, or unset it."
            )
        return int(said)
    return cores_lent()
