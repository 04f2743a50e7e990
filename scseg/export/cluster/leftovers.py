"""What workers leave of volumes that are not wanted any more."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files.resuming import remove_partials
from scseg.export.cluster.slabs import remove_slabs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_SECONDS_TO_STOP = 20.0
"""What workers get to notice that they are not wanted: they look at each band of a slice."""


def remove_unfinished(volumes: Iterable[Path], slabs: Path | None) -> None:
    """Remove what was begun of volumes, and a folder of slabs, once nobody writes there.

    Raises:
        ScsegError: somebody does, still, or the system refuses.
    """
    for volume in volumes:
        _patiently(partial(remove_partials, volume))
    if slabs is not None:
        _patiently(partial(remove_slabs, slabs))


def _patiently(remove: Callable[[], None]) -> None:
    until = time.monotonic() + _SECONDS_TO_STOP
    while True:
        try:
            return remove()
        except ScsegError:
            if time.monotonic() >= until:
                raise
        time.sleep(0.2)
