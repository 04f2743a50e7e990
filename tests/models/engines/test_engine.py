"""Which engine runs networks on which device, and the precision in which it is fastest. No card is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from scseg.compute.worker.prediction.engine import Engine
from scseg.models import backends

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("choice", "precision"),
    [("auto", "float16"), ("float16", "float16"), ("float32", "float32"), ("bfloat16", "float32")],
)
def test_an_engine_loads_in_what_a_choice_means_for_it(choice, precision):
    engine = Engine("a card", "float16", lambda path, precision: (path, precision))
    assert engine.load(Path("m.scnm"), choice) == (Path("m.scnm"), precision)


def engine_where(card, able, installed):
    """Return name, precision and loader of the engine where the backend has a card, or not."""
    from unittest.mock import patch

    from scseg.compute.worker.prediction import engine
    from scseg.models.networks import backend

    with (
        patch.object(engine.backends, "may_have_card", lambda: True),
        patch.object(engine.backends, "is_installed", lambda _: installed),
        patch.object(engine, "of_processor", lambda: "bfloat16"),
        patch.object(backend, "has_gpu", lambda: card),
        patch.object(backend, "multiplies_float16", lambda: able),
    ):
        chosen = engine.chosen_engine()
    return chosen.name, chosen.fast, chosen.load_in.__module__.rpartition(".")[2]


def test_a_card_predicts_in_float16_where_it_multiplies_that(in_keras_process):
    name, fast, loader = in_keras_process(engine_where, True, True, True)
    assert name.startswith(backends.resolved())
    assert name.endswith(" GPU")
    assert (fast, loader) == ("float16", "prediction")
    assert in_keras_process(engine_where, True, False, True)[1] == "float32"


def test_without_a_card_it_is_the_precision_of_the_processor(in_keras_process):
    name, fast, loader = in_keras_process(engine_where, False, True, True)
    assert name.startswith("openvino")
    assert (fast, loader) == ("bfloat16", "openvino_engine")
    name, fast, loader = in_keras_process(engine_where, False, True, False)
    assert name.startswith(backends.resolved())
    assert (fast, loader) == ("bfloat16", "prediction")


def multiplies_where(backend_name, told):
    """Return what is made of what the library tells of a card."""
    import types
    from unittest.mock import patch

    import keras

    from scseg.models.networks import backend

    def card(**tells):
        return types.SimpleNamespace(**tells)

    config = card(
        list_physical_devices=lambda _: ["GPU:0"],
        experimental=card(
            get_device_details=lambda _: {} if told is None else {"compute_capability": told}
        ),
    )
    cuda = card(is_available=lambda: told is not None, get_device_capability=lambda: told)
    jax_device = card() if told is None else card(compute_capability=".".join(map(str, told)))
    libraries = {
        "tensorflow": card(config=config),
        "torch": card(cuda=cuda),
        "jax": card(devices=lambda: [jax_device]),
    }
    with (
        patch.dict("sys.modules", {backend_name: libraries[backend_name]}),
        patch.object(keras.backend, "backend", lambda: backend_name),
        patch.object(backend, "graphics_card", lambda: "xpu:0"),
    ):
        return backend.multiplies_float16()


@pytest.mark.parametrize(
    ("told", "able"),
    [((6, 1), False), ((7, 0), True), ((9, 0), True), ((12, 0), True), (None, False)],
)
@pytest.mark.parametrize("library", backends.BACKENDS)
def test_what_the_library_tells_of_a_card_decides(in_keras_process, library, told, able):
    assert in_keras_process(multiplies_where, library, told) is able
