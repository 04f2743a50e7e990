"""The part of a list that one of several jobs does, as arrays of batch systems share work."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from scseg.base.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 1_000_000

Item = TypeVar("Item")


@dataclass(frozen=True)
class Share:
    """The job `number`, counted from 1, of `count` jobs."""

    number: int
    count: int

    def of(self, items: Sequence[Item]) -> list[Item]:
        """Return every `count`-th item: the shares of all jobs hold each item once, and as many as can be."""
        return list(items[self.number - 1 :: self.count])


def share_from_text(text: str) -> Share:
    """Return the share that is called `I/N`.

    Raises:
        ScsegError: it is none.
    """
    found = re.fullmatch(r"([0-9]{1,7})/([0-9]{1,7})", text)
    number, count = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= count <= _MOST:
        raise ScsegError(
            f"{text} is no share I/N with I from 1 to N: number the jobs of the array from 1, such as "
            "sbatch --array=1-8."
        )
    return Share(number, count)
