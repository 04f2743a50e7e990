"""Training sets in the real window: told what they are, and refused in a sentence where they are damaged."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile

from scseg.datasets.training_sets.source_tomogram import SourceTomogram
from scseg.datasets.training_sets.training_set import TrainingSet, save_training_set

pytestmark = pytest.mark.gui

BOX = 16


@pytest.fixture
def training_set(tmp_path):
    """Five boxes of which two hold the feature."""
    labels = np.zeros((5, BOX, BOX), np.uint8)
    labels[1:3, 4:8] = 1
    labels[4] = 2
    path = tmp_path / "my set.scnt"
    made = TrainingSet(
        images=np.ones((5, 1, BOX, BOX), np.float32),
        labels=labels,
        positions=np.zeros((5, 3), np.int64),
        origins=np.zeros(5, np.int64),
        apix=13.92,
        features=("Membrane",),
        sources=(SourceTomogram("a.mrc", 13.92, 0.0, 1.0),),
        normalisation="tomogram quantiles 1",
    )
    save_training_set(made, path)
    return path


def test_a_training_set_dropped_on_the_window_tells_what_it_holds(open_window, training_set):
    def steps(user):
        user.drop(training_set)
        user.wait_for(lambda: user.session.notices)
        (notice,) = user.session.notices
        assert notice.level == "info"
        for words in (
            "my set.scnt is a training set of Membrane",
            "2 positive and 3 negative boxes of 16 x 16 pixels",
            "13.92 A per pixel",
            "stage Models (2)",
        ):
            assert words in notice.sentence

    open_window(steps)


def test_a_training_set_between_tomograms_holds_up_neither(open_window, training_set, tomogram):
    def steps(user):
        user.wait_for(lambda: user.session.notices and user.session.active)
        assert user.session.active.name == "gradient.mrc"
        assert len(user.session.tomograms) == 1

    open_window(steps, [training_set, tomogram], ready=False)


def damaged(original):
    """Return files that are nearly training sets, and what the window is to say of each."""
    with tifffile.TiffFile(original) as tiff:
        info = json.loads(tiff.imagej_metadata["Info"])
        stack = tiff.asarray()

    def write(name, values, **changes):
        path = original.with_name(name)
        metadata = {"axes": "TCYX", "Info": json.dumps(info | changes)}
        tifffile.imwrite(path, np.ascontiguousarray(values), imagej=True, metadata=metadata)
        return path

    whole = original.read_bytes()
    cut = original.with_name("cut.scnt")
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    words = original.with_name("words.scnt")
    words.write_bytes(b"these are words" * 99)
    plain = original.with_name("plain.scnt")
    tifffile.imwrite(plain, stack[0])
    wrong_labels = stack.copy()
    wrong_labels[0, -1, 3, 3] = 7
    return {
        write("fewer.scnt", stack[:3]): "Info tells of shape (5, 2, 16, 16)",
        write("narrow.scnt", stack[..., :12]): "Info tells of shape (5, 2, 16, 16)",
        write("bigger.scnt", stack, box_size=32): "Info tells of shape (5, 2, 32, 32)",
        write("whole.scnt", stack.astype(np.uint16)): "uint16 pixels",
        write("labels.scnt", wrong_labels): "labels other than 0, 1 and 2",
        cut: "scnt",
        words: "words.scnt",
        plain: "not a training set of this program",
        original.with_name("missing.scnt"): "missing.scnt",
    }


def test_each_damaged_training_set_is_told_in_a_sentence_of_its_own(open_window, training_set):
    files = damaged(training_set)

    def steps(user):
        user.wait_for(lambda: len(user.session.notices) == len(files))
        for notice, (path, words) in zip(user.session.notices, files.items(), strict=True):
            assert (notice.level, notice.details) == ("error", ""), notice.sentence
            assert path.name in notice.sentence
            assert words in notice.sentence

    open_window(steps, list(files), ready=False)
