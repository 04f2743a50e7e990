"""What files are, whatever they are called."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import h5py
import mrcfile
import numpy as np
import pytest
import tifffile

from scseg.base.errors import ScsegError
from scseg.datasets.mrc_writer import write_slice
from scseg.formats.file_kind import file_kind
from tests.datasets.makers import tomogram_of

DATA = Path(__file__).parent / "data"
KEPT = {
    "13.92_4x2_Membrane.scnt": "training set",
    "Membrane.scnm": "model",
    "cell.scnmgroup": "group",
    "t.mrc.scna": "annotation",
    "window.json": "other",
    "session.json": "other",
}


def volume(path, label):
    like = tomogram_of(np.zeros((2, 5, 6)))
    write_slice(path, like, 1, np.ones((5, 6), np.float32), "int8", label)


def an_mrc(path):
    with mrcfile.new(path, overwrite=True) as mrc:
        mrc.set_data(np.ones((2, 5, 6), np.float32))


def an_h5(path):
    with h5py.File(path, "w") as file:
        file["x"] = 1


MADE = {
    "tomogram": an_mrc,
    "tomogram, TIFF": lambda path: tifffile.imwrite(path, np.ones((2, 5, 6), np.float32)),
    "prediction": lambda path: volume(path, "scseg 0.1.0 overlap 0.20 float32: Membrane VGGNet"),
    "prediction, whole": lambda path: volume(path, "scseg 0.1.0 whole slices: Membrane VGGNet"),
    "mask": lambda path: volume(path, "scseg: annotation of Membrane"),
    "weights": an_h5,
    "other": lambda path: path.write_text("this is a letter to the editor\n" * 100),
    "other, JSON": lambda path: path.write_text(json.dumps({"format": "x"})),
    "other, long JSON": lambda path: path.write_text(json.dumps({"format": ["x" * 2_000_000]})),
    "other, short": lambda path: path.write_bytes(b"x"),
}


@pytest.mark.parametrize("name", ["bare", "misleading.tif.txt"])
@pytest.mark.parametrize(("file", "kind"), KEPT.items())
def test_files_of_this_program_go_by_their_content(tmp_path, file, kind, name):
    assert file_kind(DATA / file) == kind
    shutil.copy(DATA / file, tmp_path / name)
    assert file_kind(tmp_path / name) == kind


@pytest.mark.parametrize("made", MADE)
def test_so_do_others(tmp_path, made):
    MADE[made](tmp_path / "file.bin")
    assert file_kind(tmp_path / "file.bin") == made.partition(",")[0]


def test_a_volume_that_calls_itself_a_model_is_a_damaged_model(tmp_path):
    an_mrc(tmp_path / "t.scnm")
    assert file_kind(tmp_path / "t.scnm") == "model"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("t.mrc", "tomogram"), ("t.TIF", "tomogram"), ("m.scnm", "model"), ("s.scnt", "training set")],
)
def test_damaged_files_are_what_they_are_called(tmp_path, name, kind):
    (tmp_path / name).write_bytes(b"damaged")
    assert file_kind(tmp_path / name) == kind


def test_packed_tomograms_go_by_their_names(tmp_path):
    for name, kind in (("t.mrc.gz", "tomogram"), ("t.txt.gz", "other")):
        (tmp_path / name).write_bytes(gzip.compress(b"x"))
        assert file_kind(tmp_path / name) == kind


@pytest.mark.parametrize("name", ["nothing", "empty", "."])
def test_what_cannot_be_read_is_told(tmp_path, name):
    (tmp_path / "empty").touch()
    with pytest.raises(ScsegError):
        file_kind(tmp_path / name)
