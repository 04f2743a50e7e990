"""Training in bfloat16: where, and with what effect on a network."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.keras


def chosen_on(path):
    from scseg.models.networks import precision

    usual = precision._CPU_INFO
    precision._CPU_INFO = path
    try:
        return precision.of_training()
    finally:
        precision._CPU_INFO = usual


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("flags\t\t: fpu avx512f avx512_bf16 avx512_vnni", "mixed_bfloat16"),
        ("flags : amx_bf16 amx_tile", "mixed_bfloat16"),
        ("flags\t\t: fpu avx2 avx512f", "float32"),
    ],
)
def test_it_is_chosen_where_the_processor_has_it(in_keras_process, tmp_path, flags, expected):
    (tmp_path / "cpuinfo").write_text(f"processor : 0\n{flags}\nbugs :\n")
    assert in_keras_process(chosen_on, tmp_path / "cpuinfo") == expected


def test_where_nothing_is_known_it_is_not(in_keras_process, tmp_path):
    assert in_keras_process(chosen_on, tmp_path / "missing") == "float32"


def network_and_copy(name):
    import keras

    from scseg.models.networks.architectures import build
    from scseg.models.networks.precision import FAST, in_precision

    keras.utils.set_random_seed(0)
    network = build(name, 32, 1)
    copy = in_precision(network, FAST)
    boxes = np.random.default_rng(0).normal(size=(4, 32, 32, 1)).astype(np.float32)
    return [
        (
            [(w.path, w.dtype) for w in each.weights],
            {layer.compute_dtype for layer in each.layers[1:-1]},
            each.predict_on_batch(boxes),
        )
        for each in (network, copy)
    ]


@pytest.mark.parametrize("name", ["VGGNet", "UNet BN"])
def test_a_copy_has_the_same_weights_and_nearly_the_same_answers(in_keras_process, name):
    (weights, full, answers), (copied, fast, nearly) = in_keras_process(network_and_copy, name)
    assert weights == copied
    assert {dtype for _, dtype in weights} == {"float32"}
    assert (full, fast) == ({"float32"}, {"bfloat16"})
    assert nearly.dtype == np.float32
    # Eight bits of mantissa, and errors add up over the layers.
    assert 0 < np.abs(answers - nearly).max() < 0.05
