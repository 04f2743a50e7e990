"""How many tiles a network gets at once: few of large ones, or their activations would not fit."""

from __future__ import annotations

import pytest

from scseg.compute.worker.prediction.slice_prediction import tiles_at_once


@pytest.mark.parametrize(
    ("box", "tiles"), [(8, 16), (64, 16), (128, 16), (256, 4), (512, 1), (2048, 1)]
)
def test_few_of_large_tiles(box: int, tiles: int) -> None:
    assert tiles_at_once(box) == tiles
