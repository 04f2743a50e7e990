"""The carbon film: thick amorphous support with a round hole, of which one edge crosses the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scseg.datasets.demo.scene import Floats, Mask, Points, Scene

_DENSITY = 1.1
_GRAIN = 0.3
"""Density and its fluctuation from voxel to voxel (amorphous carbon is grainy at every scale)."""


@dataclass(frozen=True)
class Film:
    """A film outside of a hole around the plane z = height + slope . (y, x); lengths in pixels.

    At the edge it is thicker, by the factor 1 + `rim`.
    """

    hole_centre: Points
    hole_radius: float
    height: float
    slope: Points
    half_thickness: float
    rim: float

    def depth_map(self, shape: tuple[int, int]) -> tuple[Floats, Floats, Floats]:
        """Return for each (y, x): distance from the edge, middle height and half thickness, in pixels."""
        y, x = (np.arange(n, dtype=np.float32) for n in shape)
        dy, dx = (y - self.hole_centre[0])[:, None], x - self.hole_centre[1]
        wobble = 3 * np.sin(11 * np.arctan2(dy, dx)) + 2 * np.sin(29 * np.arctan2(dy, dx) + 1)
        inward = np.hypot(dy, dx) - self.hole_radius - wobble
        middle = self.height + self.slope[0] * y[:, None] + self.slope[1] * x
        swelling = 1 + self.rim * np.exp(-np.abs(inward) / (3 * self.half_thickness))
        return inward, middle, self.half_thickness * swelling


def add_carbon(
    scene: Scene, rng: np.random.Generator, density: float = _DENSITY, grain: float = _GRAIN
) -> None:
    """Cover one side of the scene, about a fifth of it, with a film that is slightly tilted."""
    film = _random_film(scene, rng)
    inward, middle, half = film.depth_map(scene.shape[1:])
    clearance = scene.pixels(5)
    for z in range(scene.shape[0]):
        # The edge is rounded off: a slab that ends in half a cylinder.
        distance = np.hypot(np.maximum(half - inward, 0), z - middle) - half
        grains = 1 + grain * rng.standard_normal(distance.shape, np.float32)
        scene.density[z] += density * np.clip(0.5 - distance, 0, 1) * grains
        _mark(scene.labels["Carbon"][z], distance < 0)
        _mark(scene.occupied[z], distance < clearance)


def _mark(mask: Mask, where: Mask) -> None:
    mask |= where


def _random_film(scene: Scene, rng: np.random.Generator) -> Film:
    depth, height, width = scene.shape
    size = min(height, width)
    outward = rng.uniform(0, 2 * np.pi)
    toward = np.array([np.sin(outward), np.cos(outward)])
    radius = scene.pixels(rng.uniform(600, 1000))
    edge = np.array([height / 2, width / 2]) + toward * size * rng.uniform(0.2, 0.28)
    # Mostly along the edge, so that both of the film's faces are cut by many slices.
    slope = rng.choice([-1, 1]) * rng.uniform(0.08, 0.14) * np.array([toward[1], -toward[0]])
    return Film(
        hole_centre=edge - toward * radius,
        hole_radius=radius,
        height=depth * rng.uniform(0.42, 0.58) - slope @ edge,
        slope=slope,
        half_thickness=min(scene.pixels(rng.uniform(20, 26)), 0.25 * depth),
        rim=0.35,
    )
