"""Ctrl+C while a worker is being started, at any line of that: in the end nothing is left of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys

def main():
    from scseg.compute import launch, logs, prediction_client as client, process
    files = {module.__file__ for module in (client, launch, logs, process)}
    left = int(sys.argv[1])

    def count(frame, event, argument):
        nonlocal left
        if frame.f_code.co_filename not in files:
            return None
        left -= event == "line"
        if left < 0:
            sys.settrace(None)
            raise KeyboardInterrupt
        return count

    sys.settrace(count)
    try:
        started = client.PredictionClient(lambda: None, "tests.fakes.worker")
    except KeyboardInterrupt:
        print("interrupted")
        return
    sys.settrace(None)
    print("lines left", left)
    started.close()

# Worker processes import this file too.
if __name__ == "__main__":
    main()
"""


@pytest.fixture
def run(tmp_path):
    """Return a function that starts a worker, interrupted after so many lines; its words are returned."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    def run(lines):
        command = [sys.executable, program, str(lines)]
        environment = {**os.environ, "SCSEG_HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.stderr == ""
        return done.stdout.split()

    return run


def test_nothing_is_left_of_a_start_that_is_interrupted(tmp_path, run):
    whole = 500 - int(run(500)[-1])
    moments = range(0, whole, 5)
    for moment in moments:
        assert run(moment) == ["interrupted"]
        assert list(tmp_path.rglob("worker-*")) == []
    assert len(moments) > 12
