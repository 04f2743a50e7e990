"""A limit of what this process may still take."""

from __future__ import annotations

import os
import resource
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def bounded_memory(room: int) -> Iterator[None]:
    """Let the process have `room` bytes more than it has: what a file claims must not be taken.

    What is counted is address space. A library that sets some aside when it is first used must have been used
    before: the tables of pandas set 1 GB aside.
    """
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGESIZE")
    usual = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (in_use + room, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, usual)
