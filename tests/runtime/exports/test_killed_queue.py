"""The program killed while it exports: the next start goes on, with the bytes of an export that was not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from scseg import api
from scseg.runtime.saving.user_files import new_session
from tests.fakes.exporting import (
    SECONDS,
    files_in,
    finish,
    plan,
    save_rules,
    start,
    use_fake_network,
    with_models,
    write_files,
)
from tests.fakes.headless import headless, step_until
from tests.fakes.threads import wait_for

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to kill with")
SHAPE = (40, 200, 200)


def export_until_killed(folder: Path) -> None:
    """Begin an export and step for ever; runs in a process of its own."""
    with pytest.MonkeyPatch.context() as patch:
        use_fake_network(patch)
        paths = sorted((*folder.glob("*.mrc"), *folder.glob("*.scnm")))
        with with_models(paths) as program:
            plan(program.session, folder / "out")
            start(program)
            while True:
                program.step()


def has_begun(folder):
    parts = folder.glob("out/.t__*.scseg-part")
    return any(part.stat().st_size > 8 * SHAPE[1] * SHAPE[2] for part in parts)


def test_the_next_start_goes_on_after_a_kill(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    use_fake_network(monkeypatch)
    t, u, *_ = write_files(tmp_path, SHAPE)
    command = [sys.executable, "-m", "tests.runtime.exports.test_killed_queue", str(tmp_path)]
    program = subprocess.Popen(command)
    try:
        wait_for(lambda: has_begun(tmp_path), seconds=SECONDS)
        workers = psutil.Process(program.pid).children(recursive=True)
    finally:
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
    psutil.wait_procs(workers, timeout=30)
    assert not list((tmp_path / "out").glob("*.mrc"))
    other = headless(new_session())
    try:
        step_until(other, lambda: len(other.session.exports.queue) == 2)
        finish(other)
        assert [export.status for export in other.session.exports.queue] == ["done", "done"]
    finally:
        other.close()
    save_rules(tmp_path)
    api.segment([t, u], tmp_path / "g.scnmgroup", tmp_path / "python")
    assert files_in(tmp_path / "out") == files_in(tmp_path / "python")


if __name__ == "__main__":
    export_until_killed(Path(sys.argv[1]))
