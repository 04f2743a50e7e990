"""What is written, read back by mrcfile, by hand and by our own reader."""

from __future__ import annotations

import errno
import io
import shutil
import struct
from typing import TYPE_CHECKING, Any

import hypothesis.extra.numpy as hnp
import mrcfile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.errors import CancelledError, ScsegError
from scseg.datasets.mrc_writer import VolumeWriter, write_slice
from scseg.datasets.tomogram import Tomogram, open_tomogram
from tests.datasets.makers import tomogram_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

KINDS = ["int8", "float32", "mask"]


def tomogram(path: Path, shape: tuple[int, int, int], **changes: Any) -> Tomogram:
    with mrcfile.new(path, overwrite=True) as mrc:
        mrc.set_data(np.zeros(shape, "i1"))
        mrc.voxel_size = changes.get("voxel_size", 13.92)
        mrc.header.origin = changes.get("origin", (0, 0, 0))
        mrc.nstart = changes.get("nstart", (0, 0, 0))
    return open_tomogram(path)


@pytest.fixture
def like(tmp_path: Path) -> Tomogram:
    return tomogram(tmp_path / "like.mrc", (60, 5, 7))


@pytest.fixture
def values(rng: np.random.Generator) -> NDArray[np.float32]:
    return rng.random((60, 5, 7), dtype="f4")


def write(
    path: Path, like: Tomogram, values: Any, kind: Any = "float32", label: str = "test"
) -> None:
    with VolumeWriter(path, like, range(len(values)), kind, label) as writer:
        for image in values:
            writer.write(image)


def expected(values: NDArray[np.float32], kind: str, threshold: float = 0.5) -> NDArray[Any]:
    if kind == "int8":
        return np.floor(values.astype(np.float64) * 127 + 0.5).astype("i1")
    return (values >= threshold).astype("i1") if kind == "mask" else values


def check_statistics(path: Path) -> None:
    with mrcfile.open(path) as mrc:
        data, header = mrc.data.astype(np.float64), mrc.header
        assert header.dmin == np.float32(data.min())
        assert header.dmax == np.float32(data.max())
        assert header.dmean == pytest.approx(data.mean(), rel=1e-6, abs=1e-9)
        assert header.rms == pytest.approx(data.std(), rel=1e-6, abs=1e-9)


def check_valid(path: Path) -> None:
    told = io.StringIO()
    assert mrcfile.validate(path, print_file=told), told.getvalue()
    check_statistics(path)


@given(
    values=hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=3, max_dims=3, max_side=7),
        # Exact halves may round either way, so none is drawn: they are 127ths, and a bit.
        elements=st.integers(0, 127).map(lambda n: float(np.float32(n / 127))),
    ),
    kind=st.sampled_from(KINDS),
    voxel_size=st.floats(1.5, 100),
    nstart=st.tuples(*[st.integers(-1000, 1000)] * 3),
    origin=st.tuples(*[st.integers(-(10**5), 10**5)] * 3),
)
def test_a_volume_reads_back_in_mrcfile_and_here(
    tmp_path_factory: pytest.TempPathFactory,
    values: NDArray[np.float32],
    kind: Any,
    voxel_size: float,
    nstart: tuple[int, int, int],
    origin: tuple[int, int, int],
) -> None:
    folder = tmp_path_factory.getbasetemp()
    like = tomogram(
        folder / "like.mrc", values.shape, voxel_size=voxel_size, nstart=nstart, origin=origin
    )
    path = folder / "volume.mrc"
    write(path, like, values, kind)
    check_valid(path)
    wanted = expected(values, kind)
    with mrcfile.open(path) as mrc:
        np.testing.assert_array_equal(mrc.data, wanted)
        assert mrc.data.dtype == wanted.dtype
        assert mrc.is_volume()
        assert mrc.voxel_size.tolist() == pytest.approx((voxel_size,) * 3, rel=1e-6)
        assert mrc.nstart.tolist() == nstart
        assert mrc.header.origin.tolist() == origin
    read = open_tomogram(path)
    np.testing.assert_array_equal(read.voxels, wanted)
    assert read.voxel_size == pytest.approx(like.voxel_size, rel=1e-6)
    assert (read.nstart, read.origin, read.warnings) == (like.nstart, like.origin, ())


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_of_the_header(tmp_path: Path, like: Tomogram, values: Any, kind: Any) -> None:
    path = tmp_path / "volume.mrc"
    write(path, like, values, kind, "Membrane, threshold 0.5, scseg 1.2")
    raw = path.read_bytes()
    assert len(raw) == 1024 + values.size * (4 if kind == "float32" else 1)
    mode = {"int8": 0, "float32": 2, "mask": 0}[kind]
    assert struct.unpack_from("<10i", raw, 0) == (7, 5, 60, mode, 0, 0, 0, 7, 5, 60)
    assert struct.unpack_from("<3f", raw, 40) == pytest.approx((97.44, 69.6, 835.2))
    assert struct.unpack_from("<3f3i", raw, 52) == (90, 90, 90, 1, 2, 3)
    assert struct.unpack_from("<2i", raw, 88) == (1, 0)
    assert struct.unpack_from("<i", raw, 108) == (20141,)
    assert struct.unpack_from("<2i", raw, 152) == (1146047817, 1)
    assert raw[208:216] == b"MAP DD\0\0"
    assert struct.unpack_from("<i", raw, 220) == (1,)
    assert raw[224:304].rstrip(b"\0") == b"Membrane, threshold 0.5, scseg 1.2"
    assert not any(raw[304:1024])


def test_equal_runs_give_equal_bytes(tmp_path: Path, like: Tomogram, values: Any) -> None:
    for name in ("a.mrc", "b.mrc"):
        write(tmp_path / name, like, values, "int8")
    assert (tmp_path / "a.mrc").read_bytes() == (tmp_path / "b.mrc").read_bytes()


def test_the_mask_takes_the_threshold_in(tmp_path: Path, like: Tomogram) -> None:
    values = np.full((5, 7), 0.25, "f4")
    values[0, 0] = np.nextafter(np.float32(0.25), np.float32(0))
    with VolumeWriter(tmp_path / "a.mrc", like, [0], "mask", "", threshold=0.25) as writer:
        writer.write(values)
    mask = mrcfile.read(tmp_path / "a.mrc")
    assert mask.sum() == 34
    assert mask[0, 0, 0] == 0


def test_values_end_at_1(tmp_path: Path, like: Tomogram) -> None:
    values = np.full((1, 5, 7), np.nextafter(np.float32(1), np.float32(2)))
    write(tmp_path / "p.mrc", like, values)
    with mrcfile.open(tmp_path / "p.mrc") as mrc:
        assert mrc.data.max() == mrc.header.dmax == 1


def test_statistics_keep_their_digits(tmp_path: Path, rng: np.random.Generator) -> None:
    # A mean a thousand times the deviation, over many slices: sums of squares would lose it.
    like = tomogram(tmp_path / "like.mrc", (200, 20, 20))
    values = (0.999 + 0.0005 * rng.random((200, 20, 20))).astype("f4")
    write(tmp_path / "a.mrc", like, values)
    check_statistics(tmp_path / "a.mrc")


@pytest.mark.parametrize(
    ("origin", "expected_origin"), [((0, 0, 0), (0, 0, 0)), ((5, 6, 7), (5, 6, 7 + 15 * 10))]
)
@pytest.mark.parametrize("single", [True, False])
def test_slices_lie_where_they_lie_in_the_tomogram(
    tmp_path: Path, values: Any, origin: Any, expected_origin: Any, single: bool
) -> None:
    like = tomogram(
        tmp_path / "like.mrc", (60, 5, 7), voxel_size=10, origin=origin, nstart=(1, 2, 3)
    )
    path = tmp_path / "part.mrc"
    if single:
        write_slice(path, like, 15, values[15], "float32", "slice 15")
    else:
        with VolumeWriter(path, like, [15, 16, 17], "float32", "slices") as writer:
            for z in (15, 16, 17):
                writer.write(values[z])
    check_valid(path)
    read = open_tomogram(path)
    assert read.shape == (1 if single else 3, 5, 7)
    assert read.nstart == (1, 2, 18)
    assert read.origin == expected_origin
    assert read.voxel_size == (10, 10, 10)
    np.testing.assert_array_equal(read.slice(0), values[15])


@pytest.mark.parametrize("kind", KINDS)
def test_a_slice_is_an_image(tmp_path: Path, like: Tomogram, values: Any, kind: Any) -> None:
    path = tmp_path / "slice.mrc"
    write_slice(path, like, 3, values[3], kind, "one", threshold=0.3)
    check_valid(path)
    with mrcfile.open(path) as mrc:
        assert mrc.is_single_image()
        np.testing.assert_array_equal(mrc.data, expected(values[3], kind, 0.3))
        assert list(mrc.get_labels()) == ["one"]


@pytest.mark.parametrize(
    ("slices", "labels"),
    [
        ([15], ["test"]),
        ([40, 41, 42], ["test"]),
        ([15, 40, 41, 42], ["test", "Slices of the tomogram: 15,40-42"]),
        ([1, 3, 5], ["test", "Slices of the tomogram: 1,3,5"]),
    ],
)
def test_labels_name_slices_that_do_not_follow_on_each_other(
    tmp_path: Path, like: Tomogram, values: Any, slices: list[int], labels: list[str]
) -> None:
    with VolumeWriter(tmp_path / "a.mrc", like, slices, "int8", "test") as writer:
        for z in slices:
            writer.write(values[z])
    check_valid(tmp_path / "a.mrc")
    with mrcfile.open(tmp_path / "a.mrc") as mrc:
        assert list(mrc.get_labels()) == labels
        assert mrc.header.nzstart == slices[0]
        assert mrc.data.shape == (len(slices), 5, 7)


def test_long_and_foreign_labels(tmp_path: Path, like: Tomogram, values: Any) -> None:
    slices = list(range(0, 60, 2))
    with VolumeWriter(tmp_path / "a.mrc", like, slices, "int8", "Zellmembran-ü\n" * 9) as writer:
        for z in slices:
            writer.write(values[z])
    check_valid(tmp_path / "a.mrc")
    with mrcfile.open(tmp_path / "a.mrc") as mrc:
        first, second = mrc.get_labels()
    assert first == ("Zellmembran-??" * 9)[:80]
    assert second.startswith("Slices of the tomogram: 0,2,4,")
    assert second.endswith("...")
    assert len(second) == 80


def test_an_unknown_voxel_size_stays_unknown(tmp_path: Path, values: Any) -> None:
    like = tomogram(tmp_path / "like.mrc", (60, 5, 7), voxel_size=0, origin=(1, 2, 3))
    write(tmp_path / "a.mrc", like, values)
    assert open_tomogram(tmp_path / "a.mrc").voxel_size is None
    assert open_tomogram(tmp_path / "a.mrc").origin == (1, 2, 3)


def only(folder: Path, *names: str) -> bool:
    return {path.name for path in folder.iterdir()} == {"like.mrc", *names}


def full_disk(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("error", [CancelledError(), KeyboardInterrupt(), ScsegError("No.")])
def test_what_ends_in_the_middle_leaves_the_old_file(
    tmp_path: Path, like: Tomogram, values: Any, error: BaseException
) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(b"old")

    def write_half() -> None:
        with VolumeWriter(path, like, range(60), "int8", "test") as writer:
            writer.write(values[0])
            raise error

    with pytest.raises(type(error)):
        write_half()
    assert path.read_bytes() == b"old"
    assert only(tmp_path, "a.mrc")


def test_a_full_disk_is_told_and_leaves_the_old_file(
    tmp_path: Path, like: Tomogram, values: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(b"old")
    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(ScsegError, match=r"a\.mrc: the disk is full"):
        write(path, like, values)
    with pytest.raises(ScsegError, match=r"a\.mrc: the disk is full"):
        write_slice(path, like, 0, values[0], "int8", "test")
    assert path.read_bytes() == b"old"
    assert only(tmp_path, "a.mrc")


def test_a_disk_that_fills_up_between_slices(tmp_path: Path, like: Tomogram, values: Any) -> None:
    resource = pytest.importorskip("resource")
    signal = pytest.importorskip("signal")
    # A limit on file sizes fails the write itself, as a full disk does.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(ScsegError, match=r"Cannot write .*a\.mrc: File too large"):
            write(tmp_path / "a.mrc", like, values)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert only(tmp_path)


def test_a_folder_that_is_not_there(tmp_path: Path, like: Tomogram, values: Any) -> None:
    with pytest.raises(ScsegError, match="its folder does not exist"):
        write(tmp_path / "none" / "a.mrc", like, values)


@pytest.mark.parametrize(
    ("slices", "count"), [([0, 1], 1), ([0], 2), ([], 0), ([1, 0], 2), ([1, 1], 2)]
)
def test_a_wrong_number_or_order_of_slices_is_a_bug(
    tmp_path: Path, like: Tomogram, values: Any, slices: list[int], count: int
) -> None:
    def write_them() -> None:
        with VolumeWriter(tmp_path / "a.mrc", like, slices, "int8", "test") as writer:
            for z in range(count):
                writer.write(values[z])

    with pytest.raises(ValueError, match="slices"):
        write_them()
    assert only(tmp_path)


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
def test_values_that_are_no_predictions_are_a_bug(
    tmp_path: Path, like: Tomogram, values: Any, bad: float
) -> None:
    values[0, 0, 0] = bad
    with pytest.raises(ValueError, match="between 0 and 1"):
        write(tmp_path / "a.mrc", like, values)
    with pytest.raises(ValueError, match="shape"):
        write(tmp_path / "a.mrc", like, values[:, 1:])
    assert only(tmp_path)


@pytest.mark.real
def test_beside_the_real_tomogram(tmp_path: Path, real_tomogram: Path) -> None:
    like = open_tomogram(real_tomogram)
    with VolumeWriter(tmp_path / "a.mrc", like, range(56), "int8", "test") as writer:
        for z in range(56):
            image = like.slice(z)
            writer.write((image - image.min()) / np.ptp(image))
    check_valid(tmp_path / "a.mrc")
    with mrcfile.open(tmp_path / "a.mrc") as ours, mrcfile.open(real_tomogram) as theirs:
        assert ours.header.cella == theirs.header.cella
        assert ours.data.shape == theirs.data.shape


def test_what_the_disk_cannot_hold_is_refused_before_any_work(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    tomogram = tomogram_of(np.zeros((4, 20, 20), np.float32))
    with (
        pytest.raises(ScsegError, match="free some space"),
        VolumeWriter(tmp_path / "v.mrc", tomogram, range(4), "int8", "label"),
    ):
        pass
    assert not list(tmp_path.iterdir())
