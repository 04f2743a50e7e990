"""Boxes of simulated tomograms, made when they are first needed and kept in a working folder."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from scseg.datasets.simulation.boxes import CodedBoxes, simulated_boxes
from scseg.datasets.simulation.settings import HELD_OUT, SEEN, drawn
from scseg.datasets.simulation.simulated import VERSION
from scseg.models.networks.augmentation import Variation, varied
from scseg.models.networks.spectra import with_other_spectra
from scseg.models.starters.voxel_size import as_seen
from scseg.models.tiling.orientations import orient
from tools.starter.noise import with_more_noise

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

BOX, BOXES = 64, 96
"""Pixels of a box, and boxes of a tomogram."""
LEARNT = 48
"""Pixels of the part of a box, another each time, that is learnt from: an hour holds 1.8 times as many."""
FIRST_HELD_OUT = 1_000_000
"""Seeds from here on are those of tomograms that nobody learns from."""
FIRST, EVERY, WINDOW = 64, 16, 1000
"""A batch draws from the newest `WINDOW` tomograms: the `FIRST` ones, and another after `EVERY` batches."""
OTHER_SPECTRA = 0.5
"""The part of the boxes that have other Fourier amplitudes, beyond the optics of the simulator."""
NOISIER = 0.5
"""The part of the boxes that have more noise."""
VARIATION = Variation(
    warped=0.5, turned=True, size=0.1, bend=1.0, contrast=0.25, brightness=0.15, shade=0.4
)


class Pool:
    """All batches of a run, each known from its number."""

    def __init__(self, folder: Path, batch_size: int, seed: int) -> None:
        self._folder = folder / f"boxes_{VERSION}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._batch_size, self._seed = batch_size, seed
        self._read = lru_cache(WINDOW)(self.boxes)

    def batch(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return images (batch, box, box, 2), as starters see them, and codes (batch, box, box)."""
        rng = np.random.default_rng([self._seed, number])
        stop = FIRST + number // EVERY
        pairs = []
        for tomogram in rng.integers(max(0, stop - WINDOW), stop, self._batch_size):
            boxes = self._read(int(tomogram))
            chosen, turn = int(rng.integers(BOXES)), int(rng.integers(8))
            image = orient(boxes.images[chosen].astype(np.float32), turn)
            image, code = varied(image, orient(boxes.codes[chosen], turn), VARIATION, rng)
            y, x = rng.integers(0, BOX - LEARNT + 1, 2)
            part = slice(y, y + LEARNT), slice(x, x + LEARNT)
            apix = drawn(int(tomogram), SEEN).apix
            pairs.append((with_voxel_size(image[:, *part], apix), code[part]))
        images, codes = (np.stack(parts) for parts in zip(*pairs, strict=True))
        grey = with_other_spectra(images[..., :1], OTHER_SPECTRA, rng)
        images[..., :1] = with_more_noise(grey, NOISIER, rng)
        return images, codes

    def boxes(self, seed: int) -> CodedBoxes:
        """Return the boxes of a tomogram."""
        path = self._folder / f"{seed:07d}.npz"
        if not path.exists():
            ranges = HELD_OUT if seed >= FIRST_HELD_OUT else SEEN
            made = simulated_boxes(drawn(seed, ranges), BOXES, BOX)
            part = path.with_suffix(f".{os.getpid()}.npz")
            np.savez_compressed(part, images=made.images, codes=made.codes)
            part.replace(path)
        with np.load(path) as kept:
            return CodedBoxes(kept["images"], kept["codes"])


def with_voxel_size(image: NDArray[np.float32], apix: float) -> NDArray[np.float32]:
    """Return an image (..., 1, y, x) with the voxel size (A) as a second channel, (..., y, x, 2)."""
    channels = np.concatenate([image, np.full_like(image, as_seen(apix))], axis=-3)
    return np.moveaxis(channels, -3, -1)
