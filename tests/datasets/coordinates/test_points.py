from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.datasets.coordinates.reading import read_coordinates

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def read_points(path: Path) -> NDArray[np.float64]:
    return read_coordinates(path).positions


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_x_y_z_lines_become_z_y_x(tmp_path: Path) -> None:
    text = "# x y z\n1 2 3\n\n  4.5,5, 6e0  # a box\n7\t8\t-9\r\n"
    points = read_points(written(tmp_path / "boxes.txt", text))
    np.testing.assert_array_equal(points, [[3, 2, 1], [6, 5, 4.5], [-9, 8, 7]])
    assert points.dtype == np.float64


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    np.testing.assert_array_equal(
        read_points(written(tmp_path / "b.txt", "\ufeff1 2 3")), [[3, 2, 1]]
    )


@pytest.mark.parametrize("line", ["1 2", "1 2 3 4", "x y z", "1;2;3", "1 2 three"])
def test_errors_name_file_and_line(tmp_path: Path, line: str) -> None:
    path = written(tmp_path / "boxes.txt", f"1 2 3\n{line}\n")
    with pytest.raises(ScsegError, match=r"boxes\.txt, line 2: expected three numbers"):
        read_points(path)


@pytest.mark.parametrize("line", ["nan 2 3", "1 inf 3", "1 2 -1e300"])
def test_positions_must_be_finite(tmp_path: Path, line: str) -> None:
    path = written(tmp_path / "boxes.txt", line)
    with pytest.raises(
        ScsegError, match=r"boxes\.txt, line 1: a position must be finite and below"
    ):
        read_points(path)


def test_a_file_of_comments_alone_names_no_positions(tmp_path: Path) -> None:
    with pytest.raises(ScsegError, match=r"boxes\.txt names no positions"):
        read_points(written(tmp_path / "boxes.txt", "# nothing\n\n"))


def test_missing_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(ScsegError, match=r"boxes\.txt: there is no such file"):
        read_points(tmp_path / "boxes.txt")
    (tmp_path / "a.mrc").write_bytes(bytes(range(256)) * 8)
    with pytest.raises(ScsegError, match=r"a\.mrc, line 1: expected three numbers"):
        read_points(tmp_path / "a.mrc")


@pytest.mark.real
def test_the_real_positions(real_tomogram: Path) -> None:
    path = real_tomogram.parent / "cell_tomogram_ribosomes_xyz.txt"
    lines = [line.split() for line in path.read_text().splitlines() if line and line[0] != "#"]
    expected = [[float(z), float(y), float(x)] for x, y, z in lines]
    np.testing.assert_array_equal(read_points(path), expected)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"1 " * 5000, "has a line without end"),
        (b"#" * 5000, "has a line without end"),
        (b"1 1 1\n" * 1_000_001, "names more than 1000000 positions"),
    ],
)
def test_what_no_list_of_positions_is(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "boxes.txt"
    path.write_bytes(content)
    with pytest.raises(ScsegError, match=rf"boxes\.txt .*{sentence}"):
        read_points(path)


def test_a_file_too_large_for_positions_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "boxes.txt"
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(ScsegError, match="too many for a list of positions"):
        read_points(path)
