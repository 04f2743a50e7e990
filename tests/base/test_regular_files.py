"""Files that are opened to read: ordinary ones, also through links, and nothing that could be waited for."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from scseg.base.errors import ScsegError
from scseg.base.files.regular_files import IrregularError, open_to_change, open_to_read
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.interactions.group import open_group
from scseg.models.files import open_model, weights_path
from tests.fakes.models import write_model

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def a_pipe(path):
    os.mkfifo(path)


def a_socket(path):
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))


def a_device(path):
    path.symlink_to("/dev/zero")


def a_folder(path):
    path.mkdir()


WHAT = [a_pipe, a_socket, a_device, a_folder]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a short name, as sockets need it."""
    monkeypatch.chdir(tmp_path)
    return Path()


@pytest.mark.parametrize("make", WHAT)
def test_they_are_refused_at_once(place, make):
    make(place / "x")
    for function in (open_to_read, open_to_change):
        with pytest.raises(IrregularError):
            function(place / "x")


@pytest.mark.parametrize("make", WHAT)
@pytest.mark.parametrize(
    ("read", "suffix"),
    [(open_model, "scnm"), (load_training_set, "scnt"), (open_group, "scnmgroup")],
)
def test_readers_tell_them_in_a_sentence(place, make, read, suffix):
    path = place / f"x.{suffix}"
    make(path)
    with pytest.raises(ScsegError, match=r"it is a (folder|device or a pipe)"):
        read(path)


@pytest.mark.parametrize("make", WHAT)
def test_weights_that_are_none(place, make):
    path = write_model(place)
    weights_path(path).unlink()
    make(weights_path(path))
    with pytest.raises(ScsegError, match="missing"):
        open_model(path)


def test_links_are_read_but_not_written(tmp_path):
    (tmp_path / "a").write_text("content")
    (tmp_path / "b").symlink_to("a")
    with open_to_read(tmp_path / "b") as file:
        assert file.read() == b"content"
    with pytest.raises(IrregularError, match="b is a link"):
        open_to_change(tmp_path / "b")
