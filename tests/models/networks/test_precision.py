"""Where networks are trained in bfloat16."""

from __future__ import annotations

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
