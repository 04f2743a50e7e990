"""Networks are trained in bfloat16 where the processor multiplies it by itself."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.keras


def chosen_where(multiplies):
    from scseg.models.networks import precision

    usual = precision.multiplies_bfloat16
    precision.multiplies_bfloat16 = lambda: multiplies
    try:
        return precision.of_training()
    finally:
        precision.multiplies_bfloat16 = usual


@pytest.mark.parametrize(("multiplies", "expected"), [(True, "mixed_bfloat16"), (False, "float32")])
def test_it_is_chosen_where_the_processor_has_it(in_keras_process, multiplies, expected):
    assert in_keras_process(chosen_where, multiplies) == expected
