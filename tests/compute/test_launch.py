"""The first code of a worker process."""

from __future__ import annotations

import subprocess
import sys

WITHOUT_A_CONSOLE = """
import os, pathlib, sys, types
from scseg.compute import launch
sys.stdout = sys.stderr = None
sys.modules["worker"] = types.SimpleNamespace(main=lambda connection: os.write(2, connection))
launch.run("worker", b"said by a library", pathlib.Path(sys.argv[1]))
"""


def test_what_libraries_print_goes_to_the_log_without_a_console_too(tmp_path):
    log = tmp_path / "worker.log"
    log.touch()
    subprocess.run([sys.executable, "-c", WITHOUT_A_CONSOLE, log], check=True)
    assert log.read_text() == "said by a library"
