"""A tomogram of given settings, with true labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft
from scipy.ndimage import gaussian_filter

from scseg.datasets.demo.imaging import imaged
from scseg.datasets.simulation.specimen import arranged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.demo.scene import Floats
    from scseg.datasets.simulation.settings import Finish, Settings

VERSION = 2
"""Raised whenever what is simulated changes, so that what is kept is made again."""

_MARGIN = (8, 16, 16)
_BEAD_SIGMA = 1.5


@dataclass(frozen=True)
class Simulated:
    """A tomogram (z, y, x) in grey values of any scale, 0/1 labels, and what must not be judged.

    `unsure` is membrane that the missing wedge hides; `padding` (y, x) has no specimen.
    """

    tomogram: NDArray[np.float32]
    labels: dict[str, NDArray[np.uint8]]
    unsure: NDArray[np.bool_]
    padding: NDArray[np.bool_]


def simulated(settings: Settings, *, others: bool = False) -> Simulated:
    """Return the tomogram of settings; some 3 s for 40 x 256 x 256 voxels.

    With labels of `others`, gold and filaments, too, if wanted; the voxels are the same.
    """
    arranging, noising, finishing = np.random.default_rng(settings.seed).spawn(3)
    padded = _padded(settings.shape)
    scene = arranged(settings, padded, arranging, others=others)
    blur = max(scene.pixels(_BEAD_SIGMA), 0.4)
    density = scene.density + gaussian_filter(scene.beads, blur, truncate=3)
    volume = imaged(density, settings.apix, noising, imaging=settings.imaging)
    window = tuple(
        slice((p - n) // 2, (p - n) // 2 + n) for p, n in zip(padded, settings.shape, strict=True)
    )
    tomogram, padding = _finished(volume[window], settings.finish, finishing)
    labels = {name: mask[window].astype(np.uint8) for name, mask in scene.labels.items()}
    return Simulated(
        tomogram, labels, scene.hidden[window] & ~scene.labels["Membrane"][window], padding
    )


def _padded(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    z, y, x = (
        scipy.fft.next_fast_len(n + 2 * margin, real=True)
        for n, margin in zip(shape, _MARGIN, strict=True)
    )
    return z, y, x


def _finished(
    volume: Floats, finish: Finish, rng: np.random.Generator
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return grey values, and where (y, x) there is only padding."""
    _, height, width = volume.shape
    y, x = np.linspace(-0.5, 0.5, height)[:, None], np.linspace(-0.5, 0.5, width)
    angle = rng.uniform(0, 2 * np.pi)
    grey = (volume - volume.mean()) / max(float(volume.std()), 1e-6)
    grey = grey - finish.thicker * (np.sin(angle) * y + np.cos(angle) * x)
    if finish.inverted:
        grey = -grey
    if finish.steps:
        grey = np.round(grey * finish.steps) / finish.steps
    padding = np.zeros((height, width), np.bool_)
    if finish.padded:
        padding[...] = True
        tilt = rng.uniform(-0.1, 0.1)
        rows, columns = np.mgrid[:height, :width] - np.array([height / 2, width / 2])[:, None, None]
        inner = height / 2 - finish.padded
        turned = np.maximum(np.abs(rows + tilt * columns), np.abs(columns - tilt * rows))
        padding = turned > inner
        grey[:, padding] = 0.0
    return np.ascontiguousarray(grey, dtype=np.float32), padding
