"""Files that are none, or turn into something else between two looks: nobody waits for them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scseg.base.errors import ScsegError
from scseg.datasets.coordinates.reading import read_coordinates
from scseg.datasets.formats.checked_reading import open_checked
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.training_set import load_training_set

if TYPE_CHECKING:
    from collections.abc import Callable

READERS: list[tuple[str, Callable[[Path], object]]] = [
    *((ending, open_tomogram) for ending in (".mrc", ".tif", ".mrc.gz", ".tif.bz2")),
    (".scnt", load_training_set),
    *((ending, read_coordinates) for ending in (".txt", ".star", ".tbl", ".mod")),
]


@pytest.mark.timeout(20)
@pytest.mark.usefixtures("scseg_home")
@pytest.mark.parametrize(("ending", "read"), READERS)
@pytest.mark.parametrize("linked", [False, True])
def test_pipes_and_devices(
    tmp_path: Path, ending: str, read: Callable[[Path], object], *, linked: bool
) -> None:
    pipe = tmp_path / f"pipe{ending}"
    os.mkfifo(pipe)
    for number, special in enumerate([pipe, Path("/dev/zero"), Path("/dev/full")]):
        path = special
        if linked or special != pipe:
            path = tmp_path / f"{number}{ending}"
            path.symlink_to(special)
        with pytest.raises(ScsegError, match="it is a device or a pipe, not an ordinary file"):
            read(path)


@pytest.mark.timeout(20)
@pytest.mark.usefixtures("scseg_home")
@pytest.mark.parametrize(("ending", "read"), READERS)
def test_a_pipe_that_takes_the_place_of_a_file_after_the_first_look(
    tmp_path: Path,
    ending: str,
    read: Callable[[Path], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, file = tmp_path / f"a{ending}", tmp_path / "file"
    os.mkfifo(path)
    file.write_bytes(b"words")
    look = Path.stat
    monkeypatch.setattr(
        Path, "stat", lambda self, **how: look(file if self == path else self, **how)
    )
    with pytest.raises(ScsegError, match="it is a device or a pipe, not an ordinary file"):
        read(path)


def test_a_file_is_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"words")
    (tmp_path / "link").symlink_to("file")
    with open_checked(tmp_path / "link") as (stream, length):
        assert (stream.read(), length) == (b"words", 5)
