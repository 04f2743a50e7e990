"""Batches in parts that memory has room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from scseg.models.networks.backend import has_gpu
from scseg.models.out_of_memory import is_out_of_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Batch = NDArray[np.float32]

Result = TypeVar("Result")


class Parts:
    """Runs work on whole batches, until memory is too small for one: from then on, on halves of it.

    What was done of a batch when that happened is done again.
    """

    def __init__(self) -> None:
        self._most: int | None = None
        self._notice = ""

    def run(self, count: int, work: Callable[[slice], Result]) -> list[Result]:
        """Return what the work on `count` samples gives, part by part.

        Raises:
            Exception: any of the work, and that memory is too small for a single sample.
        """
        while True:
            most = min(self._most or count, count)
            try:
                return [work(slice(i, min(i + most, count))) for i in range(0, count, most)]
            except Exception as error:
                if most == 1 or not is_out_of_memory(error):
                    raise
            # Not in the handler: as long as the error is there, it keeps what was computed in memory.
            self._most = -(-most // 2)
            self._notice = _too_small(count, self._most)

    def take_notice(self) -> str:
        """Return what the user should know of memory; nothing if nothing is new since the last time."""
        notice, self._notice = self._notice, ""
        return notice


def in_parts(run: Callable[[Batch], Batch], parts: Parts) -> Callable[[Batch], Batch]:
    """Return a function of batches that takes them in parts where memory is too small for more."""

    def run_parts(images: Batch) -> Batch:
        return np.concatenate(parts.run(len(images), lambda part: run(images[part])))

    return run_parts


def _too_small(count: int, most: int) -> str:
    memory = "The graphics card" if has_gpu() else "This computer"
    return (
        f"{memory} had too little memory for batches of {count}: they are of {most} from here on."
    )
