"""Vesicles: closed, deformed lipid bilayers of many sizes, some of them nested or touching."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scseg.datasets.demo.scene import Mask, Points, Scene, add_beads, directions, touches

Sizes = tuple[tuple[float, float], ...]
"""Radius in nm and number per square micrometre of the ice layer, of several classes of vesicles."""
LARGE: Sizes = ((150, 2.5),)
SMALL: Sizes = ((62, 9), (42, 18), (27, 30))

_FLATTEST = np.sin(np.radians(45))
_SEEN = np.tan(np.radians(60))
_TOLERANCE = 0.2


@dataclass(frozen=True)
class Vesicle:
    """A super-ellipsoid with a wavy outline: `waves` are (order, amplitude, phase) around the z axis.

    `flatness` 2 is an ellipsoid; 4 has flatter caps, as of a vesicle squeezed between the ice's surfaces.
    """

    centre: Points
    radii: Points
    flatness: float
    waves: tuple[tuple[int, float, float], ...]

    def outline(self, y: Points, x: Points) -> Points:
        """Return the radius, as a factor, in the directions of (y, x)."""
        angle = np.arctan2(y, x)
        factor = np.ones_like(angle)
        for order, amplitude, phase in self.waves:
            factor += amplitude * np.cos(order * angle + phase)
        return factor

    def surface(self, units: Points) -> Points:
        """Return the points where rays from the centre in directions `units` meet the membrane."""
        lateral = np.hypot(units[:, 1], units[:, 2])
        norm = (lateral**self.flatness + np.abs(units[:, 0]) ** self.flatness) ** (
            1 / self.flatness
        )
        reach = self.outline(units[:, 1], units[:, 2]) / norm
        return self.centre + units * reach[:, None] * self.radii

    def distance(self, corner: Points, shape: tuple[int, ...]) -> tuple[Points, Mask]:
        """Return the signed distance (pixels, inside negative) in a box of voxels, and where it can be seen.

        The distance is that to first order, right near the membrane, which is where it is used.
        """
        z, y, x = (
            ((np.arange(n) + a - c) / r).astype(np.float32)
            for n, a, c, r in zip(shape, corner, self.centre, self.radii, strict=True)
        )
        lateral = np.hypot(y[:, None], x)
        level = (lateral**self.flatness + np.abs(z[:, None, None]) ** self.flatness) ** (
            1 / self.flatness
        ) - self.outline(y[:, None], x)
        gradient = np.gradient(level)
        steepness = np.sqrt(sum(g * g for g in gradient)) + 1e-6
        return level / steepness, _is_seen(gradient[0] / steepness, gradient[2] / steepness)


def add_vesicles(scene: Scene, sizes: Sizes, rng: np.random.Generator) -> None:
    """Add vesicles beside and inside those that are there already."""
    depth, height, width = scene.shape
    area = height * width * (scene.apix / 10) ** 2
    for radius_nm, per_square_micrometre in sizes:
        for _ in range(max(1, round(area * per_square_micrometre * 1e-6))):
            largest = scene.pixels(radius_nm * rng.uniform(0.8, 1.2))
            _place(scene, min(largest, 0.3 * min(height, width)), 0.42 * depth, rng)


def _place(scene: Scene, radius: float, highest: float, rng: np.random.Generator) -> None:
    """Draw one vesicle where it crosses nothing; leave it out where there is no room."""
    units = directions(600, rng)
    for _ in range(60):
        vesicle = random_vesicle(scene, radius, highest, rng)
        points = vesicle.surface(units)
        if not touches(scene.occupied, points):
            draw_vesicle(scene, vesicle)
            add_membrane_proteins(scene, vesicle, rng)
            return


def random_vesicle(
    scene: Scene, radius: float, highest: float, rng: np.random.Generator
) -> Vesicle:
    """Return a vesicle of about that radius (pixels), not higher than `highest`, somewhere in the scene."""
    radii = radius * rng.uniform(0.75, 1.25, 3)
    squeezed = radii[0] > highest
    radii[0] = min(radii[0], highest)
    centre = rng.uniform(0, 1, 3) * scene.shape
    # Nothing sticks out of the ice, whose surfaces are those of the volume.
    centre[0] = rng.uniform(radii[0], scene.shape[0] - radii[0])
    waves = tuple(
        (order, float(rng.normal(0, 0.1 / order)), float(rng.uniform(0, 2 * np.pi)))
        for order in (2, 3, 4, 5)
    )
    return Vesicle(centre, radii, 4.0 if squeezed else 2.2, waves)


def draw_vesicle(scene: Scene, vesicle: Vesicle) -> None:
    """Add a vesicle to the density and the label, and take up its room."""
    reach = vesicle.radii * 1.35 + scene.pixels(8)
    low = np.maximum(np.floor(vesicle.centre - reach), 0).astype(int)
    high = np.minimum(np.ceil(vesicle.centre + reach), scene.shape).astype(int)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    distance, seen = vesicle.distance(low, tuple(high - low))
    distance_nm = distance * (scene.apix / 10)
    thickness = scene.bilayer.thickness
    scene.density[box] += scene.bilayer.density(distance_nm)
    membrane = np.abs(distance_nm) <= thickness / 2
    scene.labels["Membrane"][box] |= membrane & seen
    scene.hidden[box] |= membrane & ~seen
    scene.occupied[box] |= np.abs(distance_nm) <= thickness
    scene.enclosed[box] |= distance_nm < 0


def _is_seen(normal_z: Points, normal_x: Points) -> Mask:
    """Return where a membrane with this unit normal can be seen, and is therefore labelled.

    Its Fourier transform lies along the normal, so the missing wedge erases it where |z| > tan(60) |x|;
    curvature spreads it a little. What lies flatter than 45 degrees is smeared over many pixels of a slice.
    """
    flat = np.abs(normal_z)
    seen: Mask = (flat <= _FLATTEST) & (flat <= _SEEN * np.abs(normal_x) + _TOLERANCE)
    return seen


def add_membrane_proteins(scene: Scene, vesicle: Vesicle, rng: np.random.Generator) -> None:
    """Put knobs on the membrane, bare vesicles and crowded ones alike."""
    area = 4 * np.pi * np.prod(vesicle.radii) ** (2 / 3)
    count = int(area * rng.uniform(0, 0.006))
    points = vesicle.surface(directions(count, rng))
    for _ in range(4):
        add_beads(scene, points + rng.normal(0, scene.pixels(2.2), points.shape), 12.0)
