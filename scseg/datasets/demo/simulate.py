"""A believable cryo-electron tomogram with its true labels, the same for the same seed, bit by bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft
from scipy.ndimage import gaussian_filter

from scseg.base.progress import Report, silent, sub_report
from scseg.datasets.demo.carbon import add_carbon
from scseg.datasets.demo.filaments import add_microtubules, add_thin_filaments
from scseg.datasets.demo.imaging import as_grey_values, imaged
from scseg.datasets.demo.particles import add_gold, add_other_proteins, add_ribosomes
from scseg.datasets.demo.scene import Scene, empty_scene, inside
from scseg.datasets.demo.vesicles import LARGE, SMALL, add_vesicles

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION = 3
"""Raised whenever the simulated tomogram changes, so that cached ones are made again."""

_MARGIN = (10, 24, 24)
"""How far the specimen reaches beyond the tomogram, z, y, x: what Fourier transforms wrap is cut off."""
_BEAD_SIGMA = 1.5
"""Of the blur that makes protein of beads, nm."""
_ARRANGED = 0.85
"""What part of the time goes into the specimen, before it is imaged."""


@dataclass(frozen=True)
class Specimen:
    """What to simulate: the tomogram's shape (z, y, x), its voxel size in A, and the seed."""

    shape: tuple[int, int, int] = (100, 464, 464)
    apix: float = 13.92
    seed: int = 0


DEFAULT = Specimen()


@dataclass(frozen=True)
class Simulation:
    """A tomogram, 0/1 volumes of what it truly shows, and the centres (z, y, x, pixels) of "Ribosome"."""

    tomogram: NDArray[np.float32]
    labels: dict[str, NDArray[np.uint8]]
    centres: dict[str, NDArray[np.float64]]


def simulate(specimen: Specimen, report: Report = silent) -> Simulation:
    """Return the simulated tomogram; the default takes 15 to 40 s and 1.5 GB."""
    arranging, noising = np.random.default_rng(specimen.seed).spawn(2)
    padded = _padded(specimen.shape)
    corner = tuple((p - n) // 2 for p, n in zip(padded, specimen.shape, strict=True))
    window = tuple(slice(a, a + n) for a, n in zip(corner, specimen.shape, strict=True))

    scene, centres = _arranged(padded, specimen.apix, arranging, sub_report(report, 0, _ARRANGED))
    density = scene.density + gaussian_filter(scene.beads, scene.pixels(_BEAD_SIGMA), truncate=3)
    volume = imaged(density, specimen.apix, noising, sub_report(report, _ARRANGED, 1))
    tomogram = as_grey_values(volume[window])
    report(1.0, "demo tomogram simulated")

    centres = centres - corner
    labels = {name: mask[window].astype(np.uint8) for name, mask in scene.labels.items()}
    return Simulation(tomogram, labels, {"Ribosome": centres[inside(centres, specimen.shape)]})


def _padded(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    z, y, x = (
        scipy.fft.next_fast_len(n + 2 * margin, real=True)
        for n, margin in zip(shape, _MARGIN, strict=True)
    )
    return z, y, x


def _arranged(
    shape: tuple[int, int, int], apix: float, rng: np.random.Generator, report: Report
) -> tuple[Scene, NDArray[np.float64]]:
    """Return the specimen and its ribosomes' centres; large things first, the rest where there is room."""
    scene = empty_scene(shape, apix)
    report(0.0, "carbon film")
    add_carbon(scene, rng)
    report(0.07, "vesicles")
    add_vesicles(scene, LARGE, rng)
    add_microtubules(scene, rng)
    add_vesicles(scene, SMALL, rng)
    report(0.2, "filaments")
    add_gold(scene, rng)
    add_thin_filaments(scene, rng)
    centres = add_ribosomes(scene, rng, sub_report(report, 0.21, 0.43))
    add_other_proteins(scene, rng, sub_report(report, 0.43, 1.0))
    return scene, centres
