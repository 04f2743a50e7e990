"""The architectures: their sizes, what they take, and what they depend on."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.errors import ScsegError

pytestmark = pytest.mark.keras


def parameters_of(name):
    from scseg.models.networks.architectures import build

    return build(name, 64, 1).count_params()


@pytest.mark.parametrize(("name", "expected"), [("VGGNet", 1_493_059), ("UNet deep", 922_881)])
def test_parameter_counts_are_the_documented_ones(in_keras_process, name, expected):
    assert in_keras_process(parameters_of, name) == expected


def shapes_of(name, box, depth):
    from scseg.models.networks.architectures import build
    from scseg.models.networks.prediction import predictor

    tiles = np.random.default_rng(0).normal(size=(2, box, box, depth)).astype(np.float32)
    result = predictor(build(name, box, depth))(tiles)
    return result.shape, result.dtype, float(result.min()), float(result.max())


@pytest.mark.parametrize("name", ["VGGNet", "UNet deep"])
@pytest.mark.parametrize(("box", "depth"), [(16, 1), (24, 3)])
def test_tiles_come_back_in_their_size_between_0_and_1(in_keras_process, name, box, depth):
    shape, dtype, low, high = in_keras_process(shapes_of, name, box, depth)
    assert shape == (2, box, box)
    assert dtype == np.float32
    assert 0 <= low < high <= 1


def build_one(name, box):
    from scseg.models.networks.architectures import build

    build(name, box, 1)


@pytest.mark.parametrize(
    ("name", "box", "words"),
    [
        ("VGGNet", 60, "56 or 64"),
        ("UNet deep", 30, "28 or 32"),
        ("VGGNet", 4, "8 or 16"),
        ("Nope", 64, "VGGNet, UNet deep"),
    ],
)
def test_what_cannot_be_built_is_told_with_what_can(in_keras_process, name, box, words):
    with pytest.raises(ScsegError, match=words):
        in_keras_process(build_one, name, box)


def reach_of(name):
    """Return how far from a changed pixel the output changes."""
    from scseg.models.networks.architectures import build
    from scseg.models.networks.prediction import predictor

    predict = predictor(build(name, 128, 1))
    image = np.random.default_rng(0).normal(size=(1, 128, 128, 1)).astype(np.float32)
    changed = image.copy()
    changed[0, 64, 64, 0] += 100.0
    y, x = np.nonzero(np.abs(predict(image) - predict(changed))[0] > 0)
    return int(max(np.abs(y - 64).max(), np.abs(x - 64).max()))


def test_vggnet_looks_at_most_27_pixels_around(in_keras_process):
    assert 8 < in_keras_process(reach_of, "VGGNet") <= 27
