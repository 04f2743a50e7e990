"""What killed or suspended writers have left of a file is removed, and nothing else."""

from __future__ import annotations

import contextlib

import pytest

from scseg.base.errors import SuspendedError
from scseg.base.files.resuming import remove_partials, resumed_file
from scseg.base.files.writing import BusyError, write_lock


def left_of(path, key):
    with contextlib.suppress(SuspendedError), resumed_file(path, key) as file:
        file.write(b"begun")
        raise SuspendedError


def test_what_is_left_goes_and_all_else_stays(tmp_path):
    path, other = tmp_path / "a.mrc", tmp_path / "b.mrc"
    path.write_bytes(b"an older volume")
    left_of(path, "ab" * 32)
    left_of(other, "cd" * 32)
    (tmp_path / ".a.mrc.notes.scseg-part").touch()
    before = {each.name for each in tmp_path.iterdir()}
    remove_partials(path)
    gone = before - {each.name for each in tmp_path.iterdir()}
    assert gone == {f".a.mrc.{'ab' * 8}.scseg-part"}
    assert path.read_bytes() == b"an older volume"


def test_nothing_is_taken_from_whoever_writes(tmp_path):
    path = tmp_path / "a.mrc"
    left_of(path, "ab" * 32)
    before = {each.name for each in tmp_path.iterdir()}
    with write_lock(path), pytest.raises(BusyError):
        remove_partials(path)
    assert {each.name for each in tmp_path.iterdir()} == before


def test_a_link_is_followed_nowhere(tmp_path):
    path, elsewhere = tmp_path / "a.mrc", tmp_path / "elsewhere"
    elsewhere.write_bytes(b"another file")
    (tmp_path / f".a.mrc.{'ab' * 8}.scseg-part").symlink_to(elsewhere)
    remove_partials(path)
    assert elsewhere.read_bytes() == b"another file"
