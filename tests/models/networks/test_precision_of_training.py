"""Networks are trained in bfloat16 where the processor multiplies it by itself."""

from __future__ import annotations

import pytest

from scseg.models import backends

pytestmark = pytest.mark.keras


def chosen_where(multiplies, card, seconds):
    from unittest.mock import patch

    from scseg.models.networks import backend, precision

    with (
        patch.object(precision, "multiplies_bfloat16", lambda: multiplies),
        patch.object(backend, "has_gpu", lambda: card),
    ):
        return precision.of_training(seconds.get)


NEVER = {}


@pytest.mark.skipif(backends.resolved() != "tensorflow", reason="not known of other backends")
@pytest.mark.parametrize(("multiplies", "expected"), [(True, "mixed_bfloat16"), (False, "float32")])
def test_it_is_chosen_where_the_processor_has_it(in_keras_process, multiplies, expected):
    assert in_keras_process(chosen_where, multiplies, False, NEVER) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.5, "mixed_bfloat16"), (0.95, "float32"), (2.0, "float32")]
)
def test_on_a_graphics_card_it_is_chosen_where_a_step_is_faster(
    in_keras_process, seconds, expected
):
    measured = {"mixed_bfloat16": seconds, "float32": 1.0}
    assert in_keras_process(chosen_where, False, True, measured) == expected
