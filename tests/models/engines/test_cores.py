"""Networks leave it to the system on which cores they run: other processes may be at work beside them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scseg.models.starters.ready import write_ready

PROGRAM = """
import os, sys, threading, time
from pathlib import Path
import numpy as np
from scseg.models.engines.openvino_engine import load_trained
trained = load_trained(Path(sys.argv[1]), "float32")
box = trained.description.box_size
images = np.zeros((32, box, box, 1), np.float32)
trained.network(images)  # which compiles it, and asks for the cores one by one
lent, found = os.sched_getaffinity(0), set()
busy = threading.Thread(target=lambda: [trained.network(images) for _ in range(3)])
busy.start()
while busy.is_alive():
    for thread in os.listdir("/proc/self/task"):
        try:
            found.add(frozenset(os.sched_getaffinity(int(thread))))
        except ProcessLookupError:
            pass
    time.sleep(0.001)
print(found == {frozenset(lent)}, *map(sorted, found))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of the cores of a thread")
def test_no_thread_is_bound_to_a_core(tmp_path):
    model = write_ready("Membrane", 13.92, tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(model)],
        env=os.environ | {"SCSEG_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("True"), done.stdout
