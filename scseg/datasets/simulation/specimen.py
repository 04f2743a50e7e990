"""A specimen of given settings, put together of the demo's parts: large things first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scseg.datasets.demo.carbon import add_carbon
from scseg.datasets.demo.filaments import (
    OUTER_RADIUS,
    draw_microtubule,
    free_part,
    path_through,
)
from scseg.datasets.demo.particles import add_gold
from scseg.datasets.demo.scene import (
    Points,
    Scene,
    add_beads,
    directions,
    empty_scene,
    stamp_balls,
)
from scseg.datasets.demo.vesicles import Vesicle, add_vesicles, draw_vesicle
from scseg.datasets.simulation.crowd import add_crowd, add_ribosomes

if TYPE_CHECKING:
    from scseg.datasets.simulation.settings import Settings

_CANDIDATES = 20
"""Of a microtubule; the one with most room is drawn."""


OTHERS = ("Filament", "Gold")
"""What starters are shown, but never told of."""
_FILAMENT_RADIUS = 3.5
"""In nm, as labelled."""


def arranged(
    settings: Settings,
    shape: tuple[int, int, int],
    rng: np.random.Generator,
    *,
    others: bool = False,
) -> Scene:
    """Return the specimen in a volume of `shape` (z, y, x), with labels of `others`, too, if wanted."""
    scene = empty_scene(shape, settings.apix, settings.bilayer)
    if others:
        scene.labels.update({name: np.zeros(shape, np.bool_) for name in OTHERS})
    amounts = settings.amounts
    if amounts.carbon:
        add_carbon(scene, rng, float(rng.uniform(0.7, 1.5)), float(rng.uniform(0.1, 0.5)))
    for _ in range(amounts.cells):
        _add_cell(scene, rng)
    if amounts.vesicles:
        sizes = ((rng.uniform(80, 200), 2.5), (62, 9), (42, 18), (rng.uniform(15, 30), 30))
        add_vesicles(scene, tuple((r, n * amounts.vesicles) for r, n in sizes), rng)
    _add_microtubules(scene, amounts.microtubules, rng)
    if amounts.gold:
        add_gold(scene, rng, amounts.gold)
    _add_filaments(scene, amounts.filaments, rng)
    _add_ice(scene, amounts.ice, rng)
    add_ribosomes(scene, amounts.ribosomes, settings.size, rng)
    add_crowd(scene, amounts.crowd, rng)
    return scene


def _add_cell(scene: Scene, rng: np.random.Generator) -> None:
    """Add a large membrane, often a double one, of which a part is in view; its inside is like any place."""
    extent = np.array(scene.shape)
    through = rng.uniform(0.15, 0.85, 3) * extent
    radius = scene.pixels(np.exp(rng.uniform(np.log(120), np.log(1500))))
    outward = directions(1, rng)[0] * [0.4, 1, 1]
    outward /= np.linalg.norm(outward)
    radii = radius * rng.uniform(0.8, 1.25, 3)
    waves = tuple(
        (order, float(rng.normal(0, 0.08 / order)), float(rng.uniform(0, 2 * np.pi)))
        for order in (2, 3, 5, 8)
    )
    outer = Vesicle(through - radii * outward, radii, 2.0, waves)
    gap = scene.pixels(rng.uniform(12, 45)) if rng.random() < 0.6 else 0.0
    membranes = [outer, replace(outer, radii=radii - gap)] if gap else [outer]
    enclosed = scene.enclosed.copy()
    for membrane in membranes:
        draw_vesicle(scene, membrane)
    scene.enclosed[...] = enclosed


def _add_microtubules(scene: Scene, count: int, rng: np.random.Generator) -> None:
    """Lay microtubules of nearly one direction, or of any."""
    heading, spread = rng.uniform(0, np.pi), rng.choice([0.1, 0.5, 2.0])
    for _ in range(count):
        height = rng.uniform(0.1, 0.9) * scene.shape[0]
        candidates = [
            _clear_path(scene, height, heading + rng.normal(0, spread), rng)
            for _ in range(_CANDIDATES)
        ]
        path = max(candidates, key=len)
        if len(path) > 4:
            draw_microtubule(scene, path, rng)


def _clear_path(scene: Scene, height: float, heading: float, rng: np.random.Generator) -> Points:
    path = path_through(scene, height, heading, rng)
    return free_part(scene, path, scene.pixels(OUTER_RADIUS))


def _add_filaments(scene: Scene, amount: float, rng: np.random.Generator) -> None:
    """Add thin filaments, single ones or in bundles, which nobody has asked to be segmented."""
    _, height, width = scene.shape
    heading = rng.uniform(0, 2 * np.pi)
    for _ in range(min(60, round(amount * (1 + height * width * (scene.apix / 10) ** 2 * 40e-6)))):
        turned = heading + rng.normal(0, 0.4) if amount > 1 else rng.uniform(0, 2 * np.pi)
        path = path_through(scene, rng.uniform(0, 1) * scene.shape[0], turned, rng)
        path = free_part(scene, path, scene.pixels(5))
        for _ in range(3):
            add_beads(scene, path + rng.normal(0, scene.pixels(1.2), path.shape), 25.0)
        if "Filament" in scene.labels:
            stamp_balls(scene.labels["Filament"], path, scene.pixels(_FILAMENT_RADIUS))


def _add_ice(scene: Scene, count: int, rng: np.random.Generator) -> None:
    """Add crystals of ice and other dirt at the surfaces: dense, with an outline of its own."""
    z, y, x = (np.arange(n, dtype=np.float32) for n in scene.shape)
    for _ in range(count):
        radius = scene.pixels(rng.uniform(25, 120))
        centre = rng.uniform(0, 1, 3) * scene.shape
        centre[0] = rng.choice([0, scene.shape[0]])
        dz, dy, dx = (axis - c for axis, c in zip((z, y, x), centre, strict=True))
        angle = np.arctan2(dy[:, None], dx)
        corners = 1 + 0.12 * np.cos(int(rng.integers(3, 8)) * angle + rng.uniform(0, 6))
        lateral = np.hypot(dy[:, None], dx) / corners
        distance = np.hypot(lateral, 1.5 * dz[:, None, None]) - radius
        there = np.clip(0.5 - distance, 0, 1)
        scene.density[...] += np.float32(rng.uniform(0.4, 1.6)) * there
        scene.occupied[there > 0] = True
