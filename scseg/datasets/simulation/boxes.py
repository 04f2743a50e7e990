"""Boxes of a simulated tomogram with the labels of all features at once, as networks are given them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.labels import IGNORE
from scseg.datasets.normalisation import normalisation_of
from scseg.datasets.simulation.simulated import simulated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.simulation.settings import Settings
    from scseg.datasets.simulation.simulated import Simulated

FEATURES = ("Membrane", "Ribosome", "Microtubule", "Carbon")
_KNOWN, _UNSURE = 16, 32
"""Bits of a code, beside one for each feature, so that none is that of ignored pixels."""
FROM_EDGE = 4
"""Slices nearer to the volume's surfaces show less than a whole specimen's."""
_NORMALISED_BY = 1 << 18
_ON_FEATURE = 0.7
_MOST_PADDED = 0.5


@dataclass(frozen=True, eq=False)
class CodedBoxes:
    """`images` float16 (n, 1, box, box), normalised; `codes` uint8 (n, box, box), see `decoded`."""

    images: NDArray[np.float16]
    codes: NDArray[np.uint8]


def simulated_boxes(settings: Settings, count: int, box: int) -> CodedBoxes:
    """Simulate a tomogram and cut boxes out of it, most of them on some feature."""
    tomogram = simulated(settings)
    rng = np.random.default_rng([settings.seed, 1])
    codes = coded(tomogram)
    sample = tomogram.tomogram[:, ~tomogram.padding].ravel()
    grey = normalisation_of(sample[:: max(1, sample.size // _NORMALISED_BY)])
    normalised = grey.apply(tomogram.tomogram)
    places = [_place(tomogram, codes, box, rng) for _ in range(count)]
    images = np.stack([normalised[place] for place in places]).astype(np.float16)
    return CodedBoxes(images[:, None], np.stack([codes[place] for place in places]))


def decoded(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return labels (..., feature) of codes (...): 0, 1, and 2 where it must not be judged."""
    bits = 1 << np.arange(len(FEATURES), dtype=np.uint8)
    labels = ((codes[..., None] & bits) > 0).astype(np.uint8)
    labels[codes == IGNORE] = IGNORE
    membrane = labels[..., FEATURES.index("Membrane")]
    membrane[(codes & _UNSURE) > 0] = IGNORE
    return labels


def coded(tomogram: Simulated) -> NDArray[np.uint8]:
    """Return the codes of all voxels (z, y, x)."""
    codes = np.full(tomogram.tomogram.shape, _KNOWN, np.uint8)
    for number, name in enumerate(FEATURES):
        codes |= tomogram.labels[name] << number
    codes[tomogram.unsure] |= _UNSURE
    codes[:, tomogram.padding] = IGNORE
    return codes


def _place(
    tomogram: Simulated, codes: NDArray[np.uint8], box: int, rng: np.random.Generator
) -> tuple[int, slice, slice]:
    """Return a box (z, y, x), of which half at most is padding."""
    depth, height, width = codes.shape
    while True:
        z = int(rng.integers(FROM_EDGE, depth - FROM_EDGE))
        y, x = rng.integers(0, (height - box + 1, width - box + 1))
        if rng.random() < _ON_FEATURE:
            wanted = tomogram.labels[FEATURES[int(rng.integers(len(FEATURES)))]][z]
            there = np.flatnonzero(wanted)
            if there.size:
                at = np.array(np.unravel_index(rng.choice(there), wanted.shape))
                corner = at - box // 2 + rng.integers(-box // 3, box // 3 + 1, 2)
                y, x = np.clip(corner, 0, (height - box, width - box))
        place = z, slice(int(y), int(y) + box), slice(int(x), int(x) + box)
        if tomogram.padding[place[1:]].mean() <= _MOST_PADDED:
            return place
