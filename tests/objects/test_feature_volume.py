"""What of a volume is the feature, and what its scores are."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.datasets.demo.cached import _stamp
from scseg.datasets.demo.simulate import DEFAULT
from scseg.datasets.mask_volume import MaskMeaning
from scseg.datasets.mrc_writer import VolumeWriter
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.written_volume import own_content
from scseg.objects.feature_volume import read_feature, whole_mask
from tests.datasets.makers import tomogram_of

LABEL = "scseg 0.1.0 overlap 0.20: Ribosome VGGNet (1493059, 64, 13.92, 0.0084)"


@pytest.fixture
def scores(rng):
    return rng.random((3, 8, 9)).astype(np.float32)


def predicted(tmp_path, scores, kind, label=LABEL):
    path = tmp_path / "t__Ribosome.mrc"
    with VolumeWriter(path, tomogram_of(scores), range(3), kind, label) as writer:
        for values in scores:
            writer.write(values)
    return open_tomogram(path)


def test_in_predictions_of_bytes_127_is_1(tmp_path, scores):
    scores[0, 0, :3] = 0, 1, 0.5
    feature = read_feature(predicted(tmp_path, scores, "int8"))
    assert "127 stands for 1" in feature.told
    stored = np.rint(scores * 127) / 127
    np.testing.assert_allclose([feature.scores(z) for z in range(3)], stored, atol=1e-6)
    np.testing.assert_array_equal(whole_mask(feature), stored >= 0.5)
    assert feature.threshold == 0.5


def test_a_prediction_that_is_sure_of_nothing_is_no_mask(tmp_path, scores):
    """Its values are 0 and 1 of 127, which in a mask of another program would be the feature."""
    faint = np.where(scores > 0.5, 0.008, 0).astype(np.float32)
    assert not whole_mask(read_feature(predicted(tmp_path, faint, "int8"))).any()


def test_a_threshold_of_ours_is_a_probability(tmp_path, scores):
    volume = predicted(tmp_path, scores, "float32")
    feature = read_feature(volume, MaskMeaning(threshold=0.9))
    np.testing.assert_array_equal(whole_mask(feature), scores >= np.float32(0.9))
    with pytest.raises(ScsegError, match="cannot be 64"):
        read_feature(volume, MaskMeaning(threshold=64))


def test_masks_of_ours_are_masks(tmp_path, scores):
    label = LABEL.replace(":", " threshold 0.50:", 1)
    feature = read_feature(predicted(tmp_path, scores, "mask", label))
    np.testing.assert_array_equal(whole_mask(feature), scores >= 0.5)
    np.testing.assert_array_equal(feature.scores(1), (scores[1] >= 0.5))


@pytest.mark.parametrize(
    ("label", "content"),
    [
        (LABEL, "prediction"),
        ("scseg 0.1.0 whole slices averaging 8: threshold 0.5 objects", "prediction"),
        ("scseg 0.1.0 overlap 0.20 threshold 0.50: Membrane", "mask"),
        ("scseg 0.1.0 objects: t__Ribosome.mrc", "objects"),
        ("scseg: annotation of overlap", "annotation"),
        (_stamp(DEFAULT), None),
        ("clip: overlap", None),
    ],
)
def test_whose_volume_it_is(tmp_path, scores, label, content):
    assert own_content(predicted(tmp_path, scores, "int8", label)) == content


@pytest.mark.parametrize(
    ("values", "said", "feature"),
    [
        ((0, 255), {}, 255),
        ((-128, -127), {}, -127),
        ((0, 1, 2, 7), {"label": 2}, 2),
    ],
)
def test_masks_of_other_programs(tmp_path, rng, values, said, feature):
    kind = np.int8 if min(values) < 0 else np.uint8 if max(values) > 127 else np.int16
    voxels = rng.choice(np.array(values), (3, 8, 9)).astype(kind)
    mrcfile.write(tmp_path / "m.mrc", voxels, voxel_size=10)
    read = read_feature(open_tomogram(tmp_path / "m.mrc"), MaskMeaning(**said))
    np.testing.assert_array_equal(whole_mask(read), voxels == feature)


def test_scores_of_other_programs(tmp_path, scores):
    mrcfile.write(tmp_path / "s.mrc", scores, voxel_size=10)
    volume = open_tomogram(tmp_path / "s.mrc")
    feature = read_feature(volume)
    assert feature.threshold == 0.5
    np.testing.assert_array_equal(whole_mask(feature), scores >= 0.5)
    mrcfile.write(tmp_path / "l.mrc", scores * 20 - 10, voxel_size=10)
    logits = open_tomogram(tmp_path / "l.mrc")
    with pytest.raises(ScsegError, match="--threshold"):
        read_feature(logits)
    told = read_feature(logits, MaskMeaning(threshold=2.0))
    np.testing.assert_array_equal(whole_mask(told), scores * 20 - 10 >= 2)
