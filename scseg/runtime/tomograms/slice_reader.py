"""Slices are read in a thread of their own: a slow disk must never hold up a frame.

The newest wish wins: a slice that was passed over while another was being read is never read at all. What
the eye and the histogram need (percentiles, counts) is computed here too, once per slice.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import numpy as np

from scseg.base.errors import ScsegError
from scseg.datasets.padding import specimen_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scseg.compute.messages import TomogramRef
    from scseg.datasets.tomogram import Tomogram
    from scseg.runtime.inbox import Inbox

BINS = 96
SAMPLES = 1 << 17
STEPS_FROM = 1024
"""Fewer steps than this between the darkest and the brightest voxel show as gaps in a histogram."""

SECONDS_TO_END = 2.0

BLACK, WHITE = 0.5, 99.5
"""Percentiles of a slice that are black and white in automatic contrast."""


@dataclass(frozen=True)
class SliceKey:
    tomogram: TomogramRef
    z: int


@dataclass(frozen=True, eq=False)
class SliceImage:
    """A slice ready to be drawn: `values` float32 (y, x), `automatic` its percentiles BLACK and WHITE.

    `padding`, bool (y, x), is where it is no specimen; None: nowhere. Where it is left out of the measures,
    `padded` is what part of the slice it is. `extremes` are the lowest and the highest of all values.
    """

    key: SliceKey
    values: NDArray[np.float32]
    automatic: tuple[float, float]
    span: tuple[float, float]
    counts: NDArray[np.float64]
    extremes: tuple[float, float]
    padding: NDArray[np.bool_] | None = None
    padded: float = 0.0

    @property
    def nbytes(self) -> int:
        return self.values.nbytes + (0 if self.padding is None else self.padding.nbytes)


@dataclass(frozen=True)
class Unreadable:
    """A slice that could not be read, and why."""

    key: SliceKey
    sentence: str


@dataclass(frozen=True, eq=False)
class WantedSlice:
    """A slice to be read; of a volume of predictions, values times `scale` are 0..1."""

    key: SliceKey
    tomogram: Tomogram
    scale: float = 1.0


class Sized(Protocol):
    """What is kept of a slice."""

    @property
    def nbytes(self) -> int: ...


Read = TypeVar("Read", bound=Sized)


def measured_slice(wish: WantedSlice) -> SliceImage:
    """Read a slice of a tomogram, and measure it.

    Raises:
        ScsegError: it cannot be read.
    """
    values, padding = wish.tomogram.slice_with_padding(wish.key.z)
    return measured(wish.key, values, padding)


def measured(
    key: SliceKey, values: NDArray[np.float32], padding: NDArray[np.bool_] | None = None
) -> SliceImage:
    """Measure a slice: percentiles and histogram, from a regular sample where it is large."""
    # An even stride would sample whole columns of most widths. Sorted once, the rest costs next to nothing.
    step = max(1, values.size // SAMPLES) | 1
    sample = values.ravel()[::step]
    specimen = specimen_of(sample, None if padding is None else padding.ravel()[::step])
    ordered = np.sort(sample if specimen is None else specimen)
    low, black, white, high = _percentiles(ordered, (0.05, BLACK, WHITE, 99.95))
    counts, span = _histogram(ordered, _opened(low, high))
    extremes = float(values.min()), float(values.max())
    limits = _opened(black, white)
    padded = 0.0 if padding is None or specimen is None else float(padding.mean())
    return SliceImage(key, values, limits, span, counts, extremes, padding, padded)


def _percentiles(ordered: NDArray[np.float32], wanted: tuple[float, ...]) -> list[float]:
    """Return percentiles of sorted values, interpolated as numpy does."""
    places = np.array(wanted) / 100 * (ordered.size - 1)
    below = places.astype(np.intp)
    above = np.minimum(below + 1, ordered.size - 1)
    low, high = ordered[below].astype(np.float64), ordered[above].astype(np.float64)
    found: list[float] = (low + (places - below) * (high - low)).tolist()
    return found


def _histogram(
    ordered: NDArray[np.float32], span: tuple[float, float]
) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """Count grey values. Where they come in steps, each bin gets as many steps, or the bars would beat."""
    low, high = span
    bins, step = BINS, _step(ordered)
    if step * STEPS_FROM > high - low:
        width = max(1.0, np.ceil((high - low) / step / BINS)) * step
        low = low - step / 2
        bins = max(1, int(np.ceil((high + step / 2 - low) / width)))
        high = low + bins * width
    edges = np.linspace(low, high, bins + 1)
    before = np.searchsorted(ordered, edges)
    # The last bin has its upper edge.
    before[-1] = np.searchsorted(ordered, high, side="right")
    return np.diff(before).astype(np.float64), (float(low), float(high))


def _step(ordered: NDArray[np.float32]) -> float:
    """Return the smallest difference between grey values; 0 where all are the same."""
    # Float32 has no number for the difference of its largest ones.
    differences = np.diff(ordered.astype(np.float64))
    differences = differences[differences > 0]
    return float(differences.min()) if differences.size else 0.0


def _opened(low: float, high: float) -> tuple[float, float]:
    """Return an interval that is never empty, so that a slice of one value still has a contrast."""
    around = abs(low) * 1e-6 or 1.0
    return (low, high) if low < high else (low - around, high + around)


class SliceReader(Generic[Read]):
    """Reads slices in its own thread and keeps the latest in `most_bytes` of memory.

    Frames are woken, and failures told, by the inbox. `read` runs in the thread.
    """

    def __init__(
        self,
        inbox: Inbox,
        read: Callable[[WantedSlice], Read],
        name: str = "slices",
        most_bytes: int = 384 << 20,
    ) -> None:
        self._wake = inbox.wake
        self._read_slice = read
        self._most_bytes = most_bytes
        self._kept: OrderedDict[SliceKey, Read] = OrderedDict()
        self._wishes: tuple[WantedSlice, ...] = ()
        self._failed: dict[SliceKey, Unreadable] = {}
        self._news: deque[Unreadable] = deque()
        self._changed = threading.Lock()
        self._background = inbox.background(name, f"Reading {name}")

    def want(self, wishes: tuple[WantedSlice, ...]) -> None:
        """Read these slices, in this order; what was wanted before and is not begun lapses."""
        if [wish.key for wish in wishes] == [wish.key for wish in self._wishes]:
            return
        with self._changed:
            self._wishes = wishes
            self._failed.clear()
            missing = [wish for wish in wishes if wish.key not in self._kept]
        self._background.submit_only([partial(self._read, wish) for wish in missing])

    def get(self, key: SliceKey) -> Read | Unreadable | None:
        """Return a slice if it has been read, or why it cannot be; None while that is not known yet."""
        with self._changed:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found or self._failed.get(key)

    def failures(self) -> list[Unreadable]:
        """Return the slices that could not be read since the last call."""
        with self._changed:
            news = list(self._news)
            self._news.clear()
            return news

    def close(self) -> None:
        """End the thread, as soon as the slice that it is reading has come."""
        self._background.close(SECONDS_TO_END)

    def _read(self, wish: WantedSlice) -> None:
        with self._changed:
            # It was under way already when it was asked for again.
            if wish.key in self._kept or wish.key in self._failed:
                return
        try:
            read: Read | Unreadable = self._read_slice(wish)
        except (ScsegError, OSError, ValueError, MemoryError) as error:
            read = Unreadable(wish.key, _sentence(wish, error))
        self._keep(wish.key, read)
        self._wake()

    def _keep(self, key: SliceKey, read: Read | Unreadable) -> None:
        with self._changed:
            if isinstance(read, Unreadable):
                self._failed[key] = read
                self._news.append(read)
                return
            self._kept[key] = read
            size = sum(each.nbytes for each in self._kept.values())
            # All that is wanted now stays, or it would be read again and again.
            wanted = {wish.key for wish in self._wishes}
            for old in [each for each in self._kept if each not in wanted]:
                if size <= self._most_bytes:
                    break
                size -= self._kept.pop(old).nbytes


def _sentence(wish: WantedSlice, error: Exception) -> str:
    if isinstance(error, ScsegError):
        return str(error)
    return (
        f"Slice {wish.key.z} of {wish.tomogram.path} cannot be read ({str(error) or type(error).__name__}); "
        "check that its disk is still there."
    )
