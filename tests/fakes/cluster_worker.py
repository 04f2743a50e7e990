"""What workers of Dask load in tests (`--preload`): a network that is a formula, and faults on request.

`SCSEG_FAKE_PROGRAM` is another version of the program, `SCSEG_FAKE_PRECISION` another processor's precision.
"""

from __future__ import annotations

import os
from functools import partial

from scseg.compute.segmenter import Segmenter
from scseg.export import exporter
from scseg.export.cluster import kept_networks, worker
from scseg.models import precision


def dask_setup(_worker: object) -> None:
    exporter.Segmenter = partial(Segmenter, "tests.fakes.worker")
    kept_networks._SECONDS = (
        0.3  # a test is to leave no process, though its cluster stays for the next
    )
    if program := os.environ.get("SCSEG_FAKE_PROGRAM"):
        worker.__version__ = program
    if os.environ.get("SCSEG_FAKE_PRECISION") == "bfloat16":
        precision.multiplies_bfloat16 = lambda: True
