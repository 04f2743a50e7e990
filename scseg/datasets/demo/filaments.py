"""Microtubules (13 protofilaments around a lumen) and thin filaments that are none."""

from __future__ import annotations

import numpy as np

from scseg.datasets.demo.scene import Points, Scene, add_beads, inside, stamp_balls

PROTOFILAMENTS = 13
OUTER_RADIUS = 12.5
"""Of a microtubule, nm. The label covers wall and lumen, as one would draw it with a brush."""
_WALL_RADIUS = 10.6
_MONOMER_VOLUME = 67.0
"""Of tubulin, 55 kDa at 0.82 kDa / nm3, nm3."""
_MONOMER = 4.0
"""Rise of one tubulin monomer along its protofilament, nm."""


def add_microtubules(scene: Scene, rng: np.random.Generator) -> None:
    """Lay microtubules at different heights through the scene, each up to where something is in the way."""
    depth, height, width = scene.shape
    count = max(2, round(height * width * (scene.apix / 10) ** 2 * 11e-6))
    outer = scene.pixels(OUTER_RADIUS)
    heading = rng.uniform(0, np.pi)
    for middle in np.linspace(0.2, 0.8, count) * depth:
        candidates = [
            free_part(scene, path_through(scene, middle, heading + rng.normal(0, 0.5), rng), outer)
            for _ in range(60)
        ]
        path = max(candidates, key=len)
        if len(path) > 4:
            draw_microtubule(scene, path, rng)


def add_thin_filaments(scene: Scene, rng: np.random.Generator) -> None:
    """Add actin-like filaments, 7 nm thick, which nobody has asked to be segmented."""
    depth, height, width = scene.shape
    for _ in range(max(1, round(height * width * (scene.apix / 10) ** 2 * 40e-6))):
        path = path_through(scene, rng.uniform(0.1, 0.9) * depth, rng.uniform(0, 2 * np.pi), rng)
        path = free_part(scene, path, scene.pixels(5))
        for _ in range(3):
            shaken = path + rng.normal(0, scene.pixels(1.2), path.shape)
            add_beads(scene, shaken, 25.0)
        stamp_balls(scene.occupied, path, scene.pixels(5))


def path_through(scene: Scene, height: float, heading: float, rng: np.random.Generator) -> Points:
    """Return points, one monomer apart, of a gently bent line through a random point of the scene."""
    step = scene.pixels(_MONOMER)
    count = int(2 * max(scene.shape) / step)
    turn = np.cumsum(rng.normal(0, 0.006, count))
    angle = heading + turn - turn[count // 2]
    climb = np.full(count, rng.normal(0, 0.035))
    steps = step * np.stack([climb, np.sin(angle), np.cos(angle)], axis=1)
    line = np.cumsum(steps, axis=0)
    through = np.array([height, *(rng.uniform(0.1, 0.9, 2) * scene.shape[1:])])
    path: Points = line - line[count // 2] + through
    return path


def free_part(scene: Scene, path: Points, radius: float) -> Points:
    """Return the longest stretch of a path around which there is room within `radius`."""
    ring = radius * np.array(
        [[0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
    )
    around = path[:, None] + ring
    free = inside(path, scene.shape)
    for points in np.swapaxes(around, 0, 1):
        there = inside(points, scene.shape)
        z, y, x = np.rint(points[there]).astype(np.intp).T
        free[there] &= ~(scene.occupied[z, y, x] | scene.enclosed[z, y, x])
    ends = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]]).astype(int)))
    if not len(ends):
        return path[:0]
    starts, stops = ends[::2], ends[1::2]
    longest = np.argmax(stops - starts)
    return path[starts[longest] : stops[longest]]


def draw_microtubule(scene: Scene, path: Points, rng: np.random.Generator) -> None:
    """Add a microtubule along a path to density and label, and take up its room."""
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    sideways = np.cross(along, [1.0, 0.0, 0.0])
    sideways /= np.linalg.norm(sideways, axis=1, keepdims=True)
    upward = np.cross(along, sideways)
    # A three-start helix: once around the tube, protofilaments are shifted by three monomers.
    rise = scene.pixels(3 * _MONOMER / PROTOFILAMENTS)
    radius = scene.pixels(_WALL_RADIUS)
    for number in range(PROTOFILAMENTS):
        angle = 2 * np.pi * number / PROTOFILAMENTS
        wall = radius * (np.cos(angle) * sideways + np.sin(angle) * upward)
        add_beads(scene, path + wall + number * rise * along, _MONOMER_VOLUME)
    luminal = path[rng.random(len(path)) < 0.12]
    add_beads(scene, luminal + rng.normal(0, scene.pixels(3), luminal.shape), 60.0)
    outer = scene.pixels(OUTER_RADIUS)
    stamp_balls(scene.labels["Microtubule"], path, outer)
    stamp_balls(scene.occupied, path, outer + scene.pixels(2))
