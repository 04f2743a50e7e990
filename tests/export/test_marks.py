"""What a job on a cluster has in the folder for volumes while it lives, and what is left after a kill."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scseg.base.errors import ScsegError
from scseg.base.files import locks
from scseg.export.cluster.marks import lent_folder, marked

KILLED = """
import os, sys
from pathlib import Path
from scseg.export.cluster.marks import lent_folder
with lent_folder(Path(sys.argv[1])) as folder:
    (folder / "m.scnm").touch()
    os._exit(9)
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def left_by_a_killed_job(folder):
    command = [sys.executable, "-c", KILLED, str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    assert subprocess.run(command, check=False, env=environment).returncode == 9
    mark, lent = names(folder)
    assert lent == f"{mark}.models"
    return folder / mark, folder / lent


def test_it_is_there_as_long_as_the_job_and_no_longer(tmp_path):
    with marked(tmp_path) as first, lent_folder(tmp_path) as lent:
        (lent / "m.scnm").touch()
        assert first.is_file()
        with marked(tmp_path) as second:
            assert first.exists()
            assert lent.exists()
            assert second != first
    assert not names(tmp_path)


def test_what_a_killed_job_has_left_is_removed_by_the_next(tmp_path):
    left_by_a_killed_job(tmp_path)
    with marked(tmp_path) as mark:
        assert names(tmp_path) == [mark.name]


def test_that_of_another_machine_stays(tmp_path, monkeypatch):
    mark, lent = left_by_a_killed_job(tmp_path)
    monkeypatch.setattr(locks.socket, "gethostname", lambda: "elsewhere")
    with marked(tmp_path):
        pass
    assert names(tmp_path) == [mark.name, lent.name]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_and_what_only_has_the_name_stay(tmp_path):
    folder, other = tmp_path / "out", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    (other / "dear.mrc").touch()
    mark, lent = left_by_a_killed_job(folder)
    (lent / "m.scnm").unlink()
    lent.rmdir()
    lent.symlink_to(other)
    (folder / ".scseg-0123456789abcdef").write_text("something of somebody")
    (folder / ".scseg-0123456789abcdee").symlink_to(mark)
    (folder / ".scseg-notes").touch()
    with marked(folder):
        pass
    assert names(folder) == sorted(
        [lent.name, ".scseg-0123456789abcdef", ".scseg-0123456789abcdee", ".scseg-notes"]
    )
    assert names(other) == ["dear.mrc"]


def test_a_disk_that_cannot_lock_has_a_mark_all_the_same(tmp_path, monkeypatch):
    def refuse(_):
        raise OSError

    monkeypatch.setattr(locks.machine, "lock_at_once", refuse)
    with marked(tmp_path) as mark:
        assert mark.read_bytes() == b""
    assert not names(tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ScsegError, match="nowhere"), lent_folder(tmp_path / "nowhere"):
        pass


def refused(path):
    raise OSError(95, os.strerror(95), str(path))


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no file that is open")
@pytest.mark.parametrize("locks_there", [True, False])
def test_a_mark_and_a_folder_that_cannot_be_removed_are_no_error(
    tmp_path, monkeypatch, locks_there
):
    if not locks_there:
        monkeypatch.setattr(locks.Lock, "acquire", refused)
    with marked(tmp_path) as mark, lent_folder(tmp_path) as lent:
        mark.unlink()
        mark.mkdir()
        lent.rmdir()
