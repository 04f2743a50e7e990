"""Which precision is taken on which processor."""

from __future__ import annotations

import pytest

from scseg.base import machine
from scseg.base.errors import ScsegError
from scseg.models import backends, precision


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
    assert precision.of_processor() == "bfloat16"
    precision.check_possible("bfloat16")


@pytest.mark.parametrize("flags", ["fpu avx2 avx512f", "", None])
def test_float32_elsewhere_and_nothing_else_can_be_asked_for(processor, flags):
    processor(flags)
    assert precision.of_processor() == "float32"
    precision.check_possible("auto")
    precision.check_possible("float32")
    with pytest.raises(ScsegError, match="choose float32, or auto"):
        precision.check_possible("bfloat16")


@pytest.mark.parametrize("fast", ["float32", "bfloat16", "float16"])
def test_a_choice_means_what_is_fast_or_float32(fast):
    assert precision.resolved("auto", fast) == precision.settled("auto", fast) == fast
    assert precision.resolved("float32", fast) == precision.settled("float32", fast) == "float32"
    assert precision.resolved(fast, fast) == precision.settled(fast, fast) == fast
    for other in {"bfloat16", "float16"} - {fast}:
        # A setting may come from another computer; what is asked for in so many words is refused.
        assert precision.resolved(other, fast) == "float32"
        assert not precision.is_possible(other, fast)
        with pytest.raises(ScsegError, match=f"multiply {other}.*float32, or auto"):
            precision.settled(other, fast)


@pytest.mark.parametrize("card", [True, False])
def test_float16_is_refused_at_once_where_no_card_can_be(monkeypatch, card):
    monkeypatch.setattr(backends, "may_have_card", lambda: card)
    if card:
        precision.check_possible("float16")
    else:
        with pytest.raises(ScsegError, match="Only graphics cards predict in float16"):
            precision.check_possible("float16")
