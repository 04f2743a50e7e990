"""`scseg segment --scheduler` where there is no cluster to ask."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scseg.export.cluster import connection
from tests.cli.commands import scseg
from tests.export.exports import write_named_model, write_tomogram


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(connection, "_SECONDS_TO_CONNECT", 0.5)
    write_named_model(tmp_path / "a.scnm", "Membrane")
    return write_tomogram(tmp_path / "t.mrc")


def asked(capsys, address, *more):
    model = ("--model", "a.scnm", "-o", "out")
    return scseg(capsys, "segment", "t.mrc", *model, "--scheduler", address, *more)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "127.0.0.1:9", "nothing://here:1", "x"])
def test_a_scheduler_that_does_not_answer_is_told(capsys, address):
    code, out, err = asked(capsys, address)
    assert (code, out) == (1, "")
    assert f"No Dask scheduler answers at {address}" in err
    assert not list(Path("out").iterdir())


@pytest.mark.parametrize("content", ["[]", "{}", '{"address": 5}', "tomogram"])
def test_a_file_that_is_no_scheduler_file_is_told(capsys, content):
    Path("s.json").write_text(content)
    code, _, err = asked(capsys, "s.json")
    assert code == 1
    assert "s.json is no scheduler file of Dask" in err


def test_a_missing_scheduler_file_is_told(capsys):
    code, _, err = asked(capsys, "gone.json")
    assert code == 1
    assert "gone.json" in err


def test_dask_that_is_not_installed_is_told(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = asked(capsys, "tcp://127.0.0.1:9")
    assert code == 1
    assert 'pip install "scseg[cluster]"' in err


def test_slabs_are_for_clusters(capsys):
    code, _, err = scseg(
        capsys, "segment", "t.mrc", "--model", "a.scnm", "-o", "out", "--slab", "5"
    )
    assert code == 1
    assert "--slab goes with --scheduler" in err
