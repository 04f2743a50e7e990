"""What a simulated tomogram shows and how it was taken, drawn at random from ranges.

What starters learn from is drawn from `SEEN`; what they are judged by from `HELD_OUT`, whose optics and
specimens lie outside of all that they saw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scseg.datasets.demo.imaging import Imaging
from scseg.datasets.demo.optics import Microscope, TiltSeries
from scseg.datasets.demo.scene import Bilayer

Range = tuple[float, float]


@dataclass(frozen=True)
class Amounts:
    """How much there is of what. 1 is about as much as in the demo; counts are counts."""

    crowd: float
    ribosomes: float
    vesicles: float
    cells: int
    microtubules: int
    filaments: float
    carbon: bool
    gold: float
    ice: int


@dataclass(frozen=True)
class Finish:
    """What programs make of a reconstruction.

    `thicker`: by how much the grey value of ice varies across it, in units of its spread; `inverted`: dense
    is bright; `padded`: width of a border of one value, px; `steps`: grey values to a spread, 0 for any.
    """

    thicker: float
    inverted: bool
    padded: int
    steps: int


@dataclass(frozen=True)
class Settings:
    """A tomogram to simulate: shape (z, y, x), voxel size (A), and all else; equal ones give equal voxels.

    `size` is that of ribosomes, to the demo's.
    """

    seed: int
    shape: tuple[int, int, int]
    apix: float
    size: float
    bilayer: Bilayer
    amounts: Amounts
    imaging: Imaging
    finish: Finish


@dataclass(frozen=True)
class Ranges:
    """From where to where what tells tomograms apart reaches; everything else is drawn alike for all.

    `apix` in A, `defocus` in micrometres, `largest` tilt in degrees, `counting` noise as in `Imaging`,
    `leaflets` from head groups to head groups in nm, `crowd` as in `Amounts`. `coarse`: the power of their
    size by which noise of larger voxels is multiplied.
    """

    apix: Range
    defocus: Range
    largest: Range
    counting: Range
    leaflets: Range
    crowd: Range
    coarse: Range


SEEN = Ranges(
    apix=(6.0, 32.0),
    defocus=(1.5, 8.0),
    largest=(50.0, 70.0),
    counting=(0.05, 0.45),
    leaflets=(3.4, 4.8),
    crowd=(0.0, 1.5),
    coarse=(0.0, 1.5),
)
HELD_OUT = Ranges(
    apix=(9.0, 20.0),
    defocus=(8.5, 10.0),
    largest=(42.0, 48.0),
    counting=(0.5, 0.6),
    leaflets=(5.0, 5.5),
    crowd=(1.7, 2.0),
    coarse=(0.0, 0.0),
)
SHAPE = (40, 256, 256)
_AS_GIVEN, _NOISIEST = 13.92, 1.6
"""At this voxel size noise is as given; larger voxels have less of it, smaller ones more, up to a limit.

Larger ones do not always have less: `Ranges.coarse` (a published one of 31 A has some 2.5 times as much).
"""


def drawn(seed: int, ranges: Ranges = SEEN, shape: tuple[int, int, int] = SHAPE) -> Settings:
    """Return the settings of a seed."""
    rng = np.random.default_rng([seed, 0x5C5E6])
    apix = float(np.exp(rng.uniform(*np.log(ranges.apix))))
    settings = Settings(
        seed=seed,
        shape=shape,
        apix=apix,
        size=float(rng.uniform(0.88, 1.05)),
        bilayer=_bilayer(ranges, apix, rng),
        amounts=_amounts(ranges, rng),
        imaging=_imaging(ranges, min(_AS_GIVEN / apix, _NOISIEST), rng),
        finish=_finish(rng),
    )
    noisier = max(1.0, apix / _AS_GIVEN) ** rng.uniform(*ranges.coarse)
    counting, solvent = settings.imaging.counting * noisier, settings.imaging.solvent * noisier
    return replace(settings, imaging=replace(settings.imaging, counting=counting, solvent=solvent))


def _bilayer(ranges: Ranges, apix: float, rng: np.random.Generator) -> Bilayer:
    """Return a membrane that voxels can show: heads narrower than half a voxel would fall between them."""
    leaflets, spread = rng.uniform(*ranges.leaflets), rng.uniform(0.7, 1.0)
    blurred = float(np.hypot(spread, 0.4 * apix / 10))
    return Bilayer(
        leaflets=float(leaflets),
        spread=blurred,
        thickness=float(max(leaflets + 3.0, 0.2 * apix)),
        heads=float(rng.uniform(0.8, 1.2) * spread / blurred),
        tails=float(rng.uniform(-0.25, 0.0)),
    )


def _amounts(ranges: Ranges, rng: np.random.Generator) -> Amounts:
    in_cell = rng.random() < 0.5
    return Amounts(
        crowd=float(rng.uniform(*ranges.crowd)),
        ribosomes=float(rng.choice([0.0, 0.5, 1.5, 3.0], p=[0.15, 0.2, 0.4, 0.25])),
        vesicles=float(rng.choice([0.0, 0.5, 1.0, 2.0], p=[0.15, 0.3, 0.35, 0.2])),
        cells=int(rng.integers(1, 4)) if in_cell else 0,
        microtubules=int(rng.choice([0, 2, 4, 7], p=[0.3, 0.3, 0.25, 0.15])),
        filaments=float(rng.choice([0.0, 1.0, 4.0], p=[0.4, 0.4, 0.2])),
        carbon=bool(rng.random() < 0.45),
        gold=float(rng.random() < 0.4),
        ice=int(rng.integers(1, 4)) if rng.random() < 0.25 else 0,
    )


def _imaging(ranges: Ranges, noise: float, rng: np.random.Generator) -> Imaging:
    """Return optics and a reconstruction: usual ones, and denoised, low-passed or sharpened ones.

    `noise` is a factor to what noise there is.
    """
    kind = rng.choice(["usual", "denoised", "low-passed", "sharpened"], p=[0.55, 0.15, 0.15, 0.15])
    counting = rng.uniform(*ranges.counting) * (0.3 if kind == "denoised" else 1.0)
    cutoff = rng.uniform(0.25, 0.4) if kind == "low-passed" else rng.uniform(0.5, 0.85)
    return Imaging(
        microscope=Microscope(
            voltage=float(rng.choice([200e3, 300e3])),
            defocus=float(rng.uniform(*ranges.defocus) * 1e4),
            amplitude_contrast=float(rng.uniform(0.06, 0.12)),
        ),
        series=TiltSeries(
            largest=float(rng.uniform(*ranges.largest)),
            step=float(rng.choice([1.0, 2.0, 3.0, 4.0])),
            dose=float(rng.uniform(60, 160)),
            thickness=float(rng.uniform(800, 2500)),
        ),
        counting=float(counting * noise),
        solvent=float(rng.uniform(0.15, 0.45) * noise),
        knee=float(np.exp(rng.uniform(np.log(1 / 300), np.log(1 / 20)))),
        cutoff=float(cutoff),
        misalignment=float(rng.uniform(0, 12)),
        sharpening=float(rng.uniform(1, 4)) if kind == "sharpened" else 0.0,
    )


def _finish(rng: np.random.Generator) -> Finish:
    return Finish(
        thicker=float(rng.uniform(0, 1.2)),
        inverted=bool(rng.random() < 0.15),
        padded=int(rng.integers(6, 40)) if rng.random() < 0.1 else 0,
        steps=int(rng.integers(4, 20)) if rng.random() < 0.3 else 0,
    )
