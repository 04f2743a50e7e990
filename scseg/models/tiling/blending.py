"""Predicting a slice window by window, and blending the outputs into one image without a seam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from scseg.base.rect import Rect
from scseg.models.tiling.orientations import orient, orient_back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from scseg.models.tiling.windows import Grid

    Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
    """Maps images float32 (batch, y, x, D) to predictions float32 (batch, y, x), 0..1."""


class Patch(NamedTuple):
    """What a network sees at once: a window of a slice, in one of the 8 orientations."""

    window: Rect
    orientation: int


class KnownOutputs(Protocol):
    """Outputs of a network on one slice, float32 (height, width) by patch, turned back; like a dictionary."""

    def get(self, patch: Patch, /) -> NDArray[np.float32] | None: ...
    def __setitem__(self, patch: Patch, output: NDArray[np.float32], /) -> None: ...


@dataclass(frozen=True, eq=False)
class TilingPlan:
    """How a region of a slice is predicted.

    Attributes:
        grid: the windows of the whole slice.
        region: the pixels to predict.
        averaging: the outputs in so many orientations, 1 to 8, are averaged.
        batch_size: the network always gets so many windows at a time, so that it is compiled once.
    """

    grid: Grid
    region: Rect
    averaging: int = 1
    batch_size: int = 1

    @property
    def windows(self) -> list[tuple[int, int]]:
        """Return the windows that count for the region, row by row, as (row, column) in the grid."""
        y0, x0, y1, x1 = self.region
        columns = self.grid.columns.touching(x0, x1)
        return [(row, column) for row in self.grid.rows.touching(y0, y1) for column in columns]

    @property
    def pixels(self) -> int:
        """The number of pixels that the network has to process if no output is known."""
        batches = -(-len(self.windows) * self.averaging // self.batch_size)
        return batches * self.batch_size * self.grid.rows.size * self.grid.columns.size

    def patch(self, window: tuple[int, int], orientation: int) -> Patch:
        rows, columns = self.grid.rows, self.grid.columns
        y, x = rows.starts[window[0]], columns.starts[window[1]]
        return Patch(Rect(y, x, y + rows.size, x + columns.size), orientation)


def predict_rows(
    image: NDArray[np.float32],
    plan: TilingPlan,
    network: Network,
    known: KnownOutputs,
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Predict the plan's region, yielding after each batch the rows that it completed, from the top on.

    `image` is (D, y, x). Yields (first row, rows (n, columns of the region)), n often 0. Patches in `known`
    are not predicted again, and those that are predicted are added to it. Stopping to iterate ends the work.
    """
    image = _padded(image, plan.grid.shape)
    blend = _Blend(plan)
    for chunk in _chunks(plan, known):
        missing = [patch for _, patch, output in chunk if output is None]
        new = iter(_predicted(image, missing, network, plan.batch_size))
        for window, patch, output in chunk:
            if output is None:
                known[patch] = fresh = next(new)
                blend.add(window, fresh)
            else:
                blend.add(window, output)
        yield blend.finished()


def predict_region(
    image: NDArray[np.float32], plan: TilingPlan, network: Network
) -> NDArray[np.float32]:
    """Predict the plan's region at once: float32 (y, x) from `image` (D, y, x)."""
    return np.concatenate([rows for _, rows in predict_rows(image, plan, network, {})])


_Part = tuple[tuple[int, int], Patch, "NDArray[np.float32] | None"]


def _chunks(plan: TilingPlan, known: KnownOutputs) -> Iterator[list[_Part]]:
    """Yield all patches in their order, as many at a time as fill a batch with those not known."""
    chunk: list[_Part] = []
    missing = 0
    for window in plan.windows:
        for orientation in range(plan.averaging):
            patch = plan.patch(window, orientation)
            output = known.get(patch)
            if output is None and missing == plan.batch_size:
                yield chunk
                chunk, missing = [], 0
            missing += output is None
            chunk.append((window, patch, output))
    yield chunk


def _predicted(
    image: NDArray[np.float32], patches: Sequence[Patch], network: Network, batch_size: int
) -> list[NDArray[np.float32]]:
    """Return a network's outputs for at most a batch of patches, turned back."""
    if not patches:
        return []
    seen = [orient(image[:, *patch.window.slices], patch.orientation) for patch in patches]
    batch = np.zeros((batch_size, *seen[0].shape[1:], image.shape[0]), np.float32)
    for into, each in zip(batch, seen, strict=False):
        into[...] = np.moveaxis(each, 0, -1)
    # Copied, because a view would keep all of the batch in memory.
    return [
        orient_back(output, patch.orientation).copy()
        for output, patch in zip(network(batch), patches, strict=False)
    ]


class _Blend:
    """The weighted mean of outputs as they come, window by window.

    They are added in the order of the plan, so that a pixel has the same value whatever the region is.
    """

    def __init__(self, plan: TilingPlan) -> None:
        y0, x0, y1, x1 = self._region = plan.region
        self._grid = plan.grid
        self._left = [window for window in plan.windows for _ in range(plan.averaging)][::-1]
        self._sum = np.zeros(plan.region.shape, np.float32)
        self._rows_done = y0
        self._weight_down = plan.averaging * plan.grid.rows.total(y0, y1)
        self._weight_across = plan.grid.columns.total(x0, x1)

    def add(self, window: tuple[int, int], output: NDArray[np.float32]) -> None:
        self._left.pop()
        (row, column), (y0, x0, y1, x1) = window, self._region
        rows, columns = self._grid.rows, self._grid.columns
        top, bottom = _within(rows.counts_for[row], y0, y1)
        left, right = _within(columns.counts_for[column], x0, x1)
        y, x = rows.starts[row], columns.starts[column]
        weights = np.multiply.outer(
            rows.weights[row, top - y : bottom - y], columns.weights[column, left - x : right - x]
        )
        part = output[top - y : bottom - y, left - x : right - x]
        self._sum[top - y0 : bottom - y0, left - x0 : right - x0] += weights * part

    def finished(self) -> tuple[int, NDArray[np.float32]]:
        """Return the rows that no later window counts for and that were not returned before."""
        y0, stop = self._region.y0, self._region.y1
        start = self._rows_done
        if self._left:
            stop = max(self._grid.rows.counts_for[self._left[-1][0]][0], start)
        self._rows_done = stop
        rows = slice(start - y0, stop - y0)
        weights = np.multiply.outer(self._weight_down[rows], self._weight_across)
        return start, np.asarray(self._sum[rows] / weights, np.float32)


def _within(pixels: tuple[int, int], low: int, high: int) -> tuple[int, int]:
    return max(pixels[0], low), min(pixels[1], high)


def _padded(image: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return the slice, mirrored at its lower ends up to `shape` (y, x)."""
    if image.shape[1:] == shape:
        return image
    missing = [(0, 0)] + [(0, a - b) for a, b in zip(shape, image.shape[1:], strict=True)]
    return np.pad(image, missing, mode="reflect")
