"""Every way in which a tomogram's file can be bad has its own sentence; none hangs, none takes memory."""

from __future__ import annotations

import gzip
import os
import re
import struct
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mrcfile
import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scseg.base.errors import ScsegError
from scseg.datasets.tomogram import open_tomogram
from tests.fakes.bounded_memory import bounded_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHAPE = (4, 6, 8)


@pytest.fixture(scope="module")
def mrc_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("valid") / "valid.mrc"
    mrcfile.write(path, np.arange(4 * 6 * 8, dtype="f4").reshape(SHAPE), voxel_size=12)
    return path.read_bytes()


@pytest.fixture(scope="module")
def tiff_bytes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("valid")
    values = np.arange(4 * 6 * 8, dtype="u2").reshape(SHAPE)
    variants: dict[str, dict[str, Any]] = {
        "plain": {},
        "imagej": {"imagej": True, "metadata": {"unit": "nm", "spacing": 1.2}},
        "compressed": {"compression": "zlib"},
        "tiled": {"tile": (16, 16), "compression": "lzw"},
    }
    for name, options in variants.items():
        tifffile.imwrite(folder / name, values, photometric="minisblack", **options)
    return {name: (folder / name).read_bytes() for name in variants}


@pytest.fixture
def with_1_gb() -> Iterator[None]:
    with bounded_memory(2**30):
        yield


def patched(raw: bytes, offset: int, *numbers: int) -> bytes:
    changed = bytearray(raw)
    struct.pack_into(f"<{len(numbers)}i", changed, offset, *numbers)
    return bytes(changed)


HEADER_FAULTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "truncated": (
        lambda raw: raw[:1500],
        "is truncated: its header announces 4 sections of 8 x 6 voxels, 1792 bytes in all, "
        "but the file has 1500; copy or compute it again.",
    ),
    "cut within the header": (
        lambda raw: raw[:700],
        "is not an MRC file: it has 700 bytes, and the header alone takes 1024.",
    ),
    "text": (
        lambda _: b"The quick brown fox jumps over the lazy dog.\n" * 100,
        "is not an MRC file, whatever its name says: its first bytes are no MRC header; "
        "check where it comes from.",
    ),
    "zeros": (
        lambda _: bytes(5000),
        "is not an MRC file, whatever its name says: its first bytes are no MRC header; "
        "check where it comes from.",
    ),
    "2^31 - 1 sections": (
        lambda raw: patched(raw, 8, 2**31 - 1),
        "is truncated: its header announces 2147483647 sections of 8 x 6 voxels, "
        f"{1024 + (2**31 - 1) * 8 * 6 * 4} bytes in all, but the file has 1792; copy or compute it again.",
    ),
    "2^31 sections": (
        lambda raw: patched(raw, 8, -(2**31)),
        "has a damaged header: it announces -2147483648 sections of 8 x 6 voxels; "
        "copy or compute it again.",
    ),
    "no columns": (
        lambda raw: patched(raw, 0, 0),
        "has a damaged header: it announces 4 sections of 0 x 6 voxels; copy or compute it again.",
    ),
    "everything at its largest": (
        lambda raw: patched(raw, 0, 2**31 - 1, 2**31 - 1, 2**31 - 1),
        "is truncated: its header announces 2147483647 sections of 2147483647 x 2147483647 voxels, "
        f"{1024 + (2**31 - 1) ** 3 * 4} bytes in all, but the file has 1792; copy or compute it again.",
    ),
    "mode 77": (
        lambda raw: patched(raw, 12, 77),
        "has mode 77, which no MRC file has; modes 0, 1, 2, 6 and 12 are read.",
    ),
    "complex": (
        lambda raw: patched(raw, 12, 4),
        "holds complex numbers, a Fourier transform (mode 4), not grey values; it is no tomogram.",
    ),
    "negative extended header": (
        lambda raw: patched(raw, 92, -1) + b"?",
        "has a damaged header: it announces an extended header of -1 bytes, but the file has 1793 in all; "
        "copy or compute it again.",
    ),
    "huge extended header": (
        lambda raw: patched(raw, 92, 2**31 - 1) + b"?",
        "has a damaged header: it announces an extended header of 2147483647 bytes, "
        "but the file has 1793 in all; copy or compute it again.",
    ),
    "axes": (
        lambda raw: patched(raw, 64, 1, 1, 3),
        "has a damaged header: it names the axes 1, 1, 3, where 1, 2 and 3 must stand in some order; "
        "copy or compute it again.",
    ),
}


@pytest.mark.usefixtures("with_1_gb")
@pytest.mark.parametrize("fault", HEADER_FAULTS)
def test_mrc_files(tmp_path: Path, mrc_bytes: bytes, fault: str) -> None:
    damage, sentence = HEADER_FAULTS[fault]
    path = tmp_path / "bad.mrc"
    path.write_bytes(damage(mrc_bytes))
    with pytest.raises(ScsegError, match=f"^{re.escape(f'{path} {sentence}')}$"):
        open_tomogram(path)


def test_every_sentence_is_its_own() -> None:
    sentences = [sentence for name, (_, sentence) in HEADER_FAULTS.items() if name != "zeros"]
    assert len(set(sentences)) == len(sentences)


def make_empty(path: Path) -> None:
    path.touch()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_nothing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (make_empty, "it is empty; copy or compute it again."),
        (Path.mkdir, "it is a folder; name a file in it."),
        (make_nothing, "there is no such file; check its name and folder."),
        (make_pipe, "it is a device or a pipe, not an ordinary file."),
    ],
)
@pytest.mark.parametrize("ending", [".mrc", ".tif", ".mrc.gz", ".png"])
def test_what_is_no_file(
    tmp_path: Path, make: Callable[[Path], None], sentence: str, ending: str
) -> None:
    path = tmp_path / f"bad{ending}"
    make(path)
    with pytest.raises(ScsegError, match=f"^{re.escape(f'Cannot read {path}: {sentence}')}$"):
        open_tomogram(path)


@pytest.mark.parametrize("ending", [".png", "", ".txt", ".gz", ".png.gz", ".mrc.zip", ".mrc.gz.gz"])
def test_foreign_endings(tmp_path: Path, mrc_bytes: bytes, ending: str) -> None:
    path = tmp_path / f"picture{ending}"
    path.write_bytes(mrc_bytes)
    sentence = (
        f"{path} is not a tomogram that this program reads; it reads "
        ".mrc, .rec, .map, .st, .ali, .tif, .tiff, also packed as .gz or .bz2."
    )
    with pytest.raises(ScsegError, match=f"^{re.escape(sentence)}$"):
        open_tomogram(path)


@pytest.fixture
def nobody() -> Iterator[None]:
    """Give up the rights of root, where the tests run as root, so that permissions mean something."""
    if os.geteuid() != 0:
        yield
        return
    try:
        os.seteuid(65534)
    except OSError:
        pytest.skip("this root cannot become another user")
    yield
    os.seteuid(0)


@pytest.mark.parametrize("ending", [".mrc", ".tif", ".mrc.gz"])
def test_permission_denied(request: pytest.FixtureRequest, mrc_bytes: bytes, ending: str) -> None:
    # Not tmp_path, whose parents are the user's alone: the file itself must be what refuses.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / f"bad{ending}"
        path.write_bytes(mrc_bytes)
        path.chmod(0)
        if ending == ".mrc.gz":
            # Its home must be reachable, so that only the file is in the way.
            home = Path(folder) / "home"
            home.mkdir()
            home.chmod(0o777)
            request.getfixturevalue("monkeypatch").setenv("SCSEG_HOME", str(home))
        request.getfixturevalue("nobody")
        sentence = f"Cannot read {path}: you may not read it; ask its owner for permission."
        with pytest.raises(ScsegError, match=f"^{re.escape(sentence)}$"):
            open_tomogram(path)
        if os.getuid() == 0:
            os.seteuid(0)


@pytest.mark.parametrize(
    "content", [b"hello world " * 50, b"II*\0", b"MM\0*" + b"\xff" * 100, b"\x89PNG\r\n\x1a\n" * 9]
)
def test_what_is_no_tiff(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.tif"
    path.write_bytes(content)
    with pytest.raises(ScsegError, match=r"bad\.tif is (not a TIFF file|damaged or truncated)"):
        open_tomogram(path)


def read_or_refuse(path: Path) -> None:
    try:
        tomogram = open_tomogram(path)
    except ScsegError:
        return
    image = tomogram.slice(tomogram.shape[0] - 1)
    assert image.shape == tomogram.shape[1:]
    assert np.isfinite(image).all()


flips = st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), max_size=8)


def flipped(raw: bytes, changes: list[tuple[int, int]], length: int) -> bytes:
    changed = bytearray(raw)
    for place, bits in changes:
        changed[place % length] ^= bits
    return bytes(changed)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("with_1_gb")
@given(
    changes=flips,
    words=st.dictionaries(st.integers(0, 255), st.integers(-(2**31), 2**31 - 1), max_size=3),
)
@example(changes=[], words={0: 2**31 - 1, 1: 2**31 - 1})
def test_any_change_of_a_header_opens_or_is_told(
    tmp_path: Path, mrc_bytes: bytes, changes: list[tuple[int, int]], words: dict[int, int]
) -> None:
    raw = flipped(mrc_bytes, changes, 1024)
    for word, number in words.items():
        raw = patched(raw, 4 * word, number)
    path = tmp_path / "fuzzed.mrc"
    path.write_bytes(raw)
    read_or_refuse(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=flips, variant=st.sampled_from(["plain", "imagej", "compressed", "tiled"]))
def test_any_change_of_a_tiff_opens_or_is_told(
    tmp_path: Path, tiff_bytes: dict[str, bytes], changes: list[tuple[int, int]], variant: str
) -> None:
    raw = tiff_bytes[variant]
    path = tmp_path / "fuzzed.tif"
    path.write_bytes(flipped(raw, changes, min(len(raw), 400)))
    read_or_refuse(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=flips, length=st.integers(1, 2000))
def test_any_change_of_a_packed_file_opens_or_is_told(
    tmp_path: Path, mrc_bytes: bytes, changes: list[tuple[int, int]], length: int
) -> None:
    raw = gzip.compress(mrc_bytes, mtime=0)
    path = tmp_path / "fuzzed.mrc.gz"
    path.write_bytes(flipped(raw, changes, len(raw))[:length])
    read_or_refuse(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(min_size=1, max_size=3000),
    ending=st.sampled_from([".mrc", ".tif", ".mrc.gz", ".rec.bz2"]),
)
def test_any_bytes_open_or_are_told(tmp_path: Path, content: bytes, ending: str) -> None:
    path = tmp_path / f"fuzzed{ending}"
    path.write_bytes(content)
    read_or_refuse(path)
