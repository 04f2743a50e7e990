"""One slice, or a part of it, predicted: from the tomogram's pixels to the network's and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.rect import Rect
from scseg.datasets.prediction_restorer import PredictionRestorer
from scseg.models.tiling.blending import TilingPlan, predict_rows
from scseg.models.tiling.cells import cell_grid
from scseg.models.tiling.tiles import tile_grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from scseg.compute.messages import PredictionMode, SliceRequest
    from scseg.compute.worker.prediction.network_inputs import NetworkInput
    from scseg.models.tiling.blending import KnownOutputs, Network
    from scseg.models.trained_network import TrainedNetwork

MOST_TILES, MOST_PIXELS = 16, 16 * 128 * 128
"""That a network gets at once: what is abandoned when something newer is wanted, and fits into memory."""


def tiles_at_once(box: int) -> int:
    """Return how many tiles of `box` pixels a network gets at once."""
    return max(1, min(MOST_TILES, MOST_PIXELS // box**2))


@dataclass(frozen=True, eq=False)
class SlicePrediction:
    """What there is to do for a request."""

    request: SliceRequest
    trained: TrainedNetwork
    source: NetworkInput

    @property
    def region(self) -> Rect:
        """The part of the slice that is asked for."""
        return self.request.region or Rect.whole(self.source.shape)

    def plan(self, mode: PredictionMode) -> TilingPlan:
        """Return how it would be done in a mode."""
        request, model = self.request, self.trained
        region, shape = self.region, self.source.image.shape[1:]
        if self._restoring is not None:
            region = self._restoring.source(region)
        if mode == "whole":
            grid = cell_grid(shape, model.divisor, model.receptive_radius)
            return TilingPlan(grid, region, request.averaging)
        box = model.description.box_size
        grid = tile_grid(shape, box, request.overlap)
        tiles = model.tiles_at_once or tiles_at_once(box)
        return TilingPlan(grid, region, request.averaging, tiles)

    def bands(
        self, network: Network, known: KnownOutputs
    ) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield after each batch the rows of the region that it finished, in the tomogram's pixels.

        Whatever a network answers where there is no specimen counts as 0.
        """
        plan = self.plan(self.request.mode)
        rows = predict_rows(self.source.image, plan, network, known)
        if self._restoring is not None:
            rows = _restored(rows, plan.region, self._restoring, self.region)
        # Means of values up to 1 may exceed it by the last bit, as sums are rounded on the way.
        return (
            (y, self._without_padding(y, np.minimum(band, np.float32(1.0)))) for y, band in rows
        )

    def _without_padding(self, y: int, band: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return rows of the region from row y of the slice on, 0 where that is padding."""
        if self.source.padding is not None and len(band):
            _, left, _, right = self.region
            band[self.source.padding[y : y + len(band), left:right]] = 0.0
        return band

    @property
    def _restoring(self) -> PredictionRestorer | None:
        step = self.source.step
        return None if step is None else PredictionRestorer(self.source.shape, step)


def _restored(
    bands: Iterator[tuple[int, NDArray[np.float32]]],
    source: Rect,
    restoring: PredictionRestorer,
    region: Rect,
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Bring rows of the `source` of a region back into the tomogram's pixels, as far as they have come."""
    prediction = np.zeros(source.shape, np.float32)
    done = region.y0
    for y, rows in bands:
        known = y + len(rows)
        prediction[y - source.y0 : known - source.y0] = rows
        until = restoring.rows(region, known)
        if until == done:
            yield done, rows[:0]
            continue
        part = Rect(done, region.x0, until, region.x1)
        seen = restoring.source(part).moved(-source.y0, -source.x0)
        yield done, restoring.restored(prediction[seen.slices], part)
        done = until
