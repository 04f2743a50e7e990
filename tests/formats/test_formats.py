"""A file of each kind, written by an earlier program, opens equal for ever; what is written stays the same.

Names in the program may change, those on the disk may not. Where a file has to say more than it does today,
the files here stay, and must open with what they do not say at its default.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import tifffile

from scseg.actions.annotation import contrast
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.read_only import read_annotation
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.interactions.group import open_group
from scseg.models.files import open_model
from scseg.persistence import feature_library, last_session, settings
from scseg.state.tomograms import Contrast, OpenTomogram
from tests.formats import states
from tests.formats.make import make

DATA = Path(__file__).parent / "data"
SET, MODEL = "13.92_4x2_Membrane.scnt", "Membrane.scnm"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a folder with what the program of today writes."""
    folder = tmp_path_factory.mktemp("written")
    make(folder)
    return folder


@pytest.mark.parametrize(
    ("name", "read", "state"),
    [
        ("session.json", last_session.load, states.SESSION),
        ("session_active_on.json", last_session.load, states.ACTIVE_ON),
        ("window.json", settings.load, states.SETTINGS),
        ("window_cluster.json", settings.load, states.ON_CLUSTER),
        ("features.json", feature_library.load, states.LIBRARY),
        (MODEL, open_model, states.MODEL),
        ("Membrane_curve.scnm", open_model, states.LEARNT_MODEL),
        ("Membrane_begun.scnm", open_model, states.BEGUN_MODEL),
        ("cell.scnmgroup", open_group, states.GROUP),
    ],
)
def test_each_opens_equal_and_is_written_as_it_was(written, name, read, state):
    assert read(DATA / name) == state
    assert (written / name).read_bytes() == (DATA / name).read_bytes()


def test_the_weights_beside_a_model_are_its_own():
    assert (DATA / "Membrane.h5").read_bytes() == states.WEIGHTS


def test_a_training_set(written):
    found = load_training_set(DATA / SET)
    for name in ("images", "labels", "positions", "origins"):
        expected = getattr(states.TRAINING_SET, name)
        np.testing.assert_array_equal(getattr(found, name), expected, err_msg=name)
    for name in ("apix", "features", "sources", "normalisation", "negative_features"):
        assert getattr(found, name) == getattr(states.TRAINING_SET, name)
    assert _info(written / SET) == _info(DATA / SET)


def _info(path):
    with tifffile.TiffFile(path) as tiff:
        return tiff.imagej_metadata["Info"]


def test_an_annotation(written):
    """Those of all versions are opened in tests/annotations/test_versions.py, too."""
    contents = read_annotation(DATA / "t.mrc", states.SHAPE)
    assert contents.features == states.ANNOTATION.features
    assert contents.crop == states.ANNOTATION.crop
    assert contents.boxes == states.ANNOTATION.boxes
    assert contents.masks.keys() == states.MASKS.keys()
    for (feature, z), mask in states.MASKS.items():
        np.testing.assert_array_equal(contents.mask(feature, z), mask)
    assert _rows(written / "t.mrc.scna") == _rows(DATA / "t.mrc.scna")


def test_picks_in_an_annotation(written):
    assert read_annotation(DATA / "picks.mrc", states.SHAPE) == states.PICKED
    assert _rows(written / "picks.mrc.scna") == _rows(DATA / "picks.mrc.scna")


def _rows(path):
    """Return all that stands in an annotation, but for the mark of its writer and how masks are packed."""
    with closing(sqlite3.connect(path)) as database:
        records = dict(database.execute("SELECT name, value FROM record WHERE name != 'written'"))
        boxes = database.execute("SELECT feature, z, y, x FROM box ORDER BY 1, 2, 3, 4").fetchall()
        masks = database.execute("SELECT feature, z FROM mask ORDER BY 1, 2").fetchall()
    return records, boxes, masks


def test_the_contrast_in_an_annotation(tmp_path):
    shutil.copyfile(DATA / "t.mrc.scna", tmp_path / "t.mrc.scna")
    opened = OpenTomogram(None, None, annotated=open_annotation(tmp_path / "t.mrc", states.SHAPE))
    contrast.restore(opened)
    assert opened.contrast == states.CONTRAST
    opened.contrast = Contrast()
    contrast.commit(opened)
    assert opened.annotation.contents.contrast != states.CONTRAST_TEXT
    opened.contrast = states.CONTRAST
    contrast.commit(opened)
    assert opened.annotation.contents.contrast == states.CONTRAST_TEXT
    assert opened.annotated.close()
