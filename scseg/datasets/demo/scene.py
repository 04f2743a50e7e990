"""The specimen as it is put together: its density, what of it is what, and where there is still room.

Volumes are (z, y, x). Positions are in pixels, z, y, x. Density is in units of protein density above ice.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scseg.datasets.demo.places import LABELS

Floats = NDArray[np.float32]
Points = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Bilayer:
    """Membranes in cross-section, nm: from head groups to head groups, the spread of these, what is labelled.

    `heads` and `tails` are the densities of head groups and of the middle between them.
    """

    leaflets: float = 4.0
    spread: float = 0.8
    thickness: float = 7.0
    heads: float = 1.0
    tails: float = -0.15

    def density(self, distance_nm: Points) -> Points:
        """Return the density at a distance from the middle."""
        half = self.leaflets / 2
        heads = np.exp(-0.5 * ((np.abs(distance_nm) - half) / self.spread) ** 2)
        tails = np.exp(-0.5 * (distance_nm / (half / 2)) ** 2)
        return self.heads * heads + self.tails * tails


@dataclass(frozen=True)
class Scene:
    """Volumes that the parts of a specimen are drawn into, one after the other.

    `beads` is density given as points, still to be blurred to the size of a protein domain. `occupied` is
    where nothing else may go, `enclosed` is the inside of vesicles, `hidden` membrane that cannot be seen.
    """

    apix: float
    density: Floats
    beads: Floats
    labels: dict[str, Mask]
    occupied: Mask
    enclosed: Mask
    hidden: Mask
    bilayer: Bilayer = field(default_factory=Bilayer)

    @property
    def shape(self) -> tuple[int, int, int]:
        z, y, x = self.density.shape
        return z, y, x

    def pixels(self, nm: float) -> float:
        """Return a length given in nm in pixels."""
        return nm * 10 / self.apix


def empty_scene(shape: tuple[int, int, int], apix: float, bilayer: Bilayer | None = None) -> Scene:
    """Return a scene of pure ice."""
    return Scene(
        apix=apix,
        density=np.zeros(shape, np.float32),
        beads=np.zeros(shape, np.float32),
        labels={name: np.zeros(shape, np.bool_) for name in LABELS},
        occupied=np.zeros(shape, np.bool_),
        enclosed=np.zeros(shape, np.bool_),
        hidden=np.zeros(shape, np.bool_),
        bilayer=bilayer or Bilayer(),
    )


def inside(points: Points, shape: tuple[int, ...]) -> Mask:
    """Return which points, rounded to voxels, lie in the volume."""
    nearest = np.rint(points)
    within: Mask = np.all((nearest >= 0) & (nearest < shape), axis=1)
    return within


def touches(mask: Mask, points: Points) -> bool:
    """Return whether any of the points that lie in the volume is in the mask."""
    z, y, x = np.rint(points[inside(points, mask.shape)]).astype(np.intp).T
    return bool(mask[z, y, x].any())


def add_beads(scene: Scene, points: Points, volume_nm3: float) -> None:
    """Add beads of protein, `volume_nm3` each, shared among the eight voxels around them."""
    weight = scene.pixels(volume_nm3 ** (1 / 3)) ** 3
    corner = np.floor(points).astype(np.intp)
    part = points - corner
    for step in itertools.product((0, 1), repeat=3):
        voxel = corner + step
        share = np.prod(np.where(step, part, 1 - part), axis=1) * weight
        there = np.all((voxel >= 0) & (voxel < scene.shape), axis=1)
        np.add.at(scene.beads, tuple(voxel[there].T), share[there].astype(np.float32))


def stamp_balls(mask: Mask, points: Points, radius: float) -> None:
    """Set all voxels within `radius` (pixels) of any of the points."""
    reach = int(np.ceil(radius))
    offsets = np.arange(-reach, reach + 1)
    for centre in points:
        nearest = np.rint(centre).astype(int)
        low, high = nearest - reach, nearest + reach + 1
        if np.any(high <= 0) or np.any(low >= mask.shape):
            continue
        squares = [(offsets + n - c) ** 2 for n, c in zip(nearest, centre, strict=True)]
        ball = squares[0][:, None, None] + squares[1][:, None] + squares[2] <= radius**2
        clipped = tuple(
            slice(max(0, -a), len(offsets) - max(0, b - n))
            for a, b, n in zip(low, high, mask.shape, strict=True)
        )
        target = tuple(slice(max(0, a), b) for a, b in zip(low, high, strict=True))
        mask[target] |= ball[clipped]


def directions(count: int, rng: np.random.Generator) -> Points:
    """Return unit vectors, uniform on the sphere."""
    vectors: Points = rng.standard_normal((count, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def rotation(rng: np.random.Generator) -> Points:
    """Return a random 3 x 3 rotation matrix, uniform over all orientations."""
    q, r = np.linalg.qr(rng.standard_normal((3, 3)))
    q = q * np.sign(np.diag(r))
    matrix: Points = q * np.sign(np.linalg.det(q))
    return matrix
