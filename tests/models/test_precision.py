"""Which precision is taken on which processor."""

from __future__ import annotations

import pytest

from scseg.base import machine
from scseg.base.errors import ScsegError
from scseg.models import precision


@pytest.fixture
def processor(tmp_path, monkeypatch):
    """Return a function that makes the processor one with these features; None: nothing is known of it."""

    def of(flags):
        path = tmp_path / "cpuinfo"
        if flags is not None:
            path.write_text(f"processor : 0\nflags\t\t: {flags}\nbugs :\n")
        monkeypatch.setattr(machine, "_CPU_INFO", path)
        precision.multiplies_bfloat16.cache_clear()

    yield of
    precision.multiplies_bfloat16.cache_clear()


@pytest.mark.parametrize("flags", ["fpu avx512f avx512_bf16 avx512_vnni", "amx_bf16 amx_tile"])
def test_bfloat16_where_the_processor_multiplies_it(processor, flags):
    processor(flags)
    assert [precision.resolved(choice) for choice in precision.CHOICES] == [
        "bfloat16",
        "float32",
        "bfloat16",
    ]
    precision.check_possible("bfloat16")


@pytest.mark.parametrize("flags", ["fpu avx2 avx512f", "", None])
def test_float32_elsewhere_and_nothing_else_can_be_asked_for(processor, flags):
    processor(flags)
    assert {precision.resolved(choice) for choice in precision.CHOICES} == {"float32"}
    precision.check_possible("auto")
    precision.check_possible("float32")
    with pytest.raises(ScsegError, match="choose float32, or auto"):
        precision.check_possible("bfloat16")
