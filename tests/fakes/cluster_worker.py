"""What workers of Dask load in tests (`--preload`): a network that is a formula, and faults on request.

`SCSEG_FAKE_PROGRAM` is another version of the program; `tests.fakes.worker` tells of more.
"""

from __future__ import annotations

import os
from functools import partial

from scseg.compute.segmenter import Segmenter
from scseg.export import exporter
from scseg.export.cluster import kept_networks, worker


def dask_setup(_worker: object) -> None:
    exporter.Segmenter = partial(Segmenter, "tests.fakes.worker")
    kept_networks._SECONDS = (
        0.3  # a test is to leave no process, though its cluster stays for the next
    )
    if program := os.environ.get("SCSEG_FAKE_PROGRAM"):
        worker.__version__ = program
