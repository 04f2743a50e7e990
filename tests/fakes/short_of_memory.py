"""The real worker, with 3 GB of address space and no more."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import psutil

from scseg.compute.worker import training_process

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def main(connection: Connection) -> None:
    limit = psutil.Process().memory_info().vms + 3 * 2**30
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    training_process.main(connection)
