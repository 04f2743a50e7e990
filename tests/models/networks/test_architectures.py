"""The architectures: their sizes, what they take, and what they depend on."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.models.architectures.table import ARCHITECTURES

pytestmark = pytest.mark.keras


def parameters_of(name):
    from scseg.models.networks.architectures import build

    return build(name, 64, 1).count_params()


def vggnet(*filters, per_filter):
    """Return the parameters by the formula; a 3 x 3 convolution has `per_filter` beside its weights."""
    inputs = (1, *filters)
    down = sum(
        9 * i * f + 9 * f * f + 2 * per_filter * f for i, f in zip(inputs, filters, strict=False)
    )
    up = sum(
        (4 * above + 1) * f + (9 * f + per_filter) * f for f, above in itertools.pairwise(filters)
    )
    return down + up + (4 * filters[0] + 1) + 2


def unet(*filters):
    """Return the parameters by the formula, two normalised convolutions at a time."""
    pairs = [*zip((1, *filters), filters, strict=False)]
    pairs += [(f + above, f) for f, above in itertools.pairwise(filters)]
    return sum(9 * (i + f) * f + 8 * f for i, f in pairs) + filters[0] + 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("VGGNet", 1_493_059),
        ("VGGNet", vggnet(64, 128, 256, per_filter=1)),
        ("VGGNet wider", vggnet(96, 192, 384, per_filter=1)),
        ("VGGNet BN", vggnet(64, 128, 256, per_filter=4)),
        ("VGGNet BN small", vggnet(32, 64, 128, per_filter=4)),
        ("UNet deep", 922_881),
        ("UNet BN", unet(32, 64, 128, 256)),
        ("UNet BN small", unet(32, 64, 128)),
    ],
)
def test_parameter_counts_are_the_documented_ones(in_keras_process, name, expected):
    assert in_keras_process(parameters_of, name) == expected


def test_the_divisor_is_what_a_network_comes_back_from(in_keras_process):
    for name, row in ARCHITECTURES.items():
        divisor = row.divisor
        shape, *_ = in_keras_process(shapes_of, name, divisor, 1)
        assert shape == (2, divisor, divisor)
        with pytest.raises(ScsegError, match=str(divisor)):
            in_keras_process(build_one, name, divisor // 2)
        assert row.note.endswith(".")


def made_by_keras():
    """Return of each architecture its parameters, and which box sides around its divisor come back."""
    from scseg.models.networks.architectures import build, of_layers

    def comes_back(name, side):
        try:
            network = of_layers(ARCHITECTURES[name].layers, (side, side), 1)
        except ValueError:  # nothing is left after a pooling, or what is to be joined differs
            return False
        return network.output_shape == network.input_shape

    found = {}
    for name in ARCHITECTURES:
        half = ARCHITECTURES[name].divisor // 2
        sides = [side for side in range(half, 5 * half, half) if comes_back(name, side)]
        found[name] = build(name, 2 * half, 1).count_params(), sides
    return found


def test_the_table_tells_of_each_architecture_what_keras_makes_of_it(in_keras_process):
    expected = {
        name: (row.parameters, [row.divisor, 2 * row.divisor])
        for name, row in ARCHITECTURES.items()
    }
    assert in_keras_process(made_by_keras) == expected
    assert [row.name for row in ARCHITECTURES.values()] == list(ARCHITECTURES)


def variables_of(name):
    from scseg.models.networks.architectures import build

    return [variable.path for variable in build(name, 16, 1).weights]


def test_weights_have_the_same_names_in_every_process(in_keras_process):
    names = in_keras_process(variables_of, "UNet BN small")
    assert names == in_keras_process(variables_of, "UNet BN small")
    assert names[:6] == [
        "down0a/kernel",
        "down0a_norm/gamma",
        "down0a_norm/beta",
        "down0a_norm/moving_mean",
        "down0a_norm/moving_variance",
        "down0b/kernel",
    ]
    assert in_keras_process(variables_of, "UNet deep")[::2] == [
        f"{layer}/kernel" for layer in ("down0", "down1", "down2", "up1", "up0", "probability")
    ]


def shapes_of(name, box, depth):
    from scseg.models.networks.architectures import build
    from scseg.models.networks.prediction import predictor

    tiles = np.random.default_rng(0).normal(size=(2, box, box, depth)).astype(np.float32)
    result = predictor(build(name, box, depth))(tiles)
    return result.shape, result.dtype, float(result.min()), float(result.max())


@pytest.mark.parametrize("name", ["VGGNet", "VGGNet BN small", "UNet deep", "UNet BN"])
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
        ("Nope", 64, "VGGNet, VGGNet wider"),
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
