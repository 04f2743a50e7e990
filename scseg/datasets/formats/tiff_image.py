"""One image of a TIFF file: what its tags say of its size, its form and the place of its pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
DESCRIPTION, SAMPLES, PLANAR, SAMPLE_FORMAT, DEPTH = 270, 277, 284, 339, 32997
_FILL_ORDER, _PREDICTOR, _ROWS, _TILE_WIDTH, _TILE_LENGTH, _TILE_DEPTH = (
    266,
    317,
    278,
    322,
    323,
    32998,
)
OFFSETS, COUNTS = (324, 273), (325, 279)
_FORM = (WIDTH, LENGTH, DEPTH, BITS, SAMPLE_FORMAT, SAMPLES, PLANAR, PHOTOMETRIC)
SMALL = (
    *_FORM,
    COMPRESSION,
    _FILL_ORDER,
    _PREDICTOR,
    _ROWS,
    _TILE_WIDTH,
    _TILE_LENGTH,
    _TILE_DEPTH,
)

LARGEST = 1 << 40
"""That any number in a directory can mean: sums of them fit into 64 bits then."""


@dataclass(frozen=True)
class Directory:
    """An image: how large it is, in what form, and where in the file.

    `form` is equal for images that can be slices of one stack. `start` is where its pixels begin if they
    lie there in one piece as they are; else it is None, and they come in bands of `band_rows` rows of
    `band_depth` planes. `claimed` counts the bytes of the file that its pixels take, which end at `end`.
    """

    offset: int
    form: tuple[tuple[int, ...], ...]
    compression: int
    start: int | None
    band_depth: int
    band_rows: int
    claimed: int
    end: int
    description: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """The (z, y, x) of the image; z is 1 but for images of several planes."""
        width, length, depth = (self.form[i][0] for i in range(3))
        return depth, length, width

    @property
    def axes(self) -> int:
        """How many axes one image has: besides y and x, planes and the samples of colours."""
        return 2 + (self.shape[0] > 1) + (self.form[5][0] > 1)

    @property
    def nbytes(self) -> int:
        """What its pixels take unpacked, where these are of whole bytes."""
        return math.prod(self.shape) * max(self.form[3]) // 8


class Segments(NamedTuple):
    """The strips or tiles of an image: where each begins, and of how many bytes it is."""

    offsets: NDArray[np.int64]
    counts: NDArray[np.int64]


def directory_of(
    offset: int, tags: dict[int, tuple[int, ...]], segments: Segments, description: str
) -> Directory:
    usual = {WIDTH: (0,), LENGTH: (0,), PHOTOMETRIC: (1,)}
    form = tuple(tags.get(code, usual.get(code, (1,))) for code in _FORM)
    (width, length, depth), bits = (form[i][0] for i in range(3)), max(form[3])
    band = _band(tags, length)
    offsets, counts = segments
    due = _segments_due(tags, (width, length, depth), band)
    if len(offsets) < due:
        raise ValueError(f"an image of it comes in {due} pieces, of which {len(offsets)} are named")
    nbytes = width * length * depth * bits // 8
    if nbytes > LARGEST:
        raise ValueError(f"an image of it takes {nbytes} bytes")
    if not len(counts) and due == 1:
        counts = np.array([nbytes], np.int64)
    if len(counts) < due:
        raise ValueError(
            f"an image of it comes in {due} pieces, of which {len(counts)} have a length"
        )
    offsets, counts = offsets[:due], counts[:due]
    return Directory(
        offset=offset,
        form=form,
        compression=tags.get(COMPRESSION, (1,))[0],
        start=int(offsets[0])
        if _in_one_piece(tags, offsets, band[1] * width * bits // 8)
        else None,
        band_depth=band[0],
        band_rows=band[1],
        claimed=int(counts.sum()),
        end=int((offsets + counts).max(initial=0)),
        description=description,
    )


def _band(tags: dict[int, tuple[int, ...]], length: int) -> tuple[int, int]:
    """Return how many planes and rows the segments have that lie side by side."""
    if _TILE_WIDTH in tags:
        return tags.get(_TILE_DEPTH, (1,))[0], tags.get(_TILE_LENGTH, (0,))[0]
    rows = tags.get(_ROWS, (length,))
    return 1, min(rows[0], length) if len(rows) == 1 else length


def _segments_due(
    tags: dict[int, tuple[int, ...]], size: tuple[int, int, int], band: tuple[int, int]
) -> int:
    """Return in how many segments an image of `size` (x, y, z) comes."""
    width, length, depth = size
    across = tags.get(_TILE_WIDTH, (max(width, 1),))[0]
    if min(width, length, depth) < 1 or min(across, *band) < 1:
        raise ValueError(
            f"an image of it has {width} x {length} x {depth} pixels, in parts of none"
        )
    planes = tags.get(SAMPLES, (1,))[0] if tags.get(PLANAR, (1,))[0] == 2 else 1
    return (
        math.prod(-(-a // b) for a, b in zip((depth, length, width), (*band, across), strict=True))
        * planes
    )


def _in_one_piece(tags: dict[int, tuple[int, ...]], offsets: NDArray[np.int64], strip: int) -> bool:
    """Tell whether the pixels lie in the file as they are, one strip (of so many bytes) after the other."""
    plain = all(tags.get(code, (1,))[0] == 1 for code in (COMPRESSION, _FILL_ORDER, _PREDICTOR))
    whole = all(bits in (8, 16, 32, 64) for bits in tags.get(BITS, (1,)))
    return plain and whole and _TILE_WIDTH not in tags and bool((np.diff(offsets) == strip).all())
