"""The network alone on as many windows as a slice has: what predictions are measured by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.base.rect import Rect
from scseg.compute.worker.prediction.slice_prediction import tiles_at_once
from scseg.models.tiling.blending import TilingPlan
from scseg.models.tiling.cells import cell_grid
from scseg.models.tiling.tiles import tile_grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.compute.messages import PredictionMode
    from scseg.models.trained_network import TrainedNetwork

OVERLAP = 0.2


def on_a_slice(
    trained: TrainedNetwork, shape: tuple[int, int], mode: PredictionMode
) -> Callable[[], None]:
    """Return the work of a network for a slice of `shape` (y, x)."""
    box = trained.description.box_size
    if mode == "whole":
        grid, batch = cell_grid(shape, trained.divisor, trained.receptive_radius), 1
    else:
        grid, batch = tile_grid(shape, box, OVERLAP), tiles_at_once(box)
    plan = TilingPlan(grid, Rect.whole(shape), 1, batch)
    images = np.random.default_rng(0).normal(size=(batch, grid.rows.size, grid.columns.size, 1))
    images = images.astype(np.float32)
    count = -(-len(plan.windows) // batch)

    def work() -> None:
        for _ in range(count):
            trained.network(images)

    return work
