"""How long an object is: a filament along its line, a ring once around, all else from end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.objects.filaments import SHORTEST, lines_of
from scseg.objects.skeletons import length_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from scseg.objects.centring import Tube

    Points = NDArray[np.float64]

_SLOPE = 0.6
"""In the middle, no neighbour is farther from the surface by this part of the way to it."""
_REACH = 3.0
"""Points of the middle that are within so many voxels are joined: ways go nearly straight."""
_MOST = 20_000
_SLENDER, _ROD = 3.0, 1.6
"""What may be filaments has at most so many times the volume of a rod as long and thick; what is, so many."""


def length_of_object(tube: Tube) -> float:
    """Return the length of an object in the unit of its voxel size; `tube.diameter` is its thickness."""
    if tube.mask.all():  # it goes on outside of the volume on all sides
        return 0.0
    rod = np.pi / 4 * tube.diameter**2
    volume = len(tube.voxels) * float(np.prod(tube.voxel_size))
    across = _between_ends(tube)
    if 0 < SHORTEST * tube.diameter <= across and volume < _SLENDER * rod * across:
        along = sum(length_of(_closed(line.points, line.closed)) for line in lines_of(tube))
        if volume < _ROD * rod * along:
            return along
    return across


def _closed(points: Points, closed: bool) -> Points:  # noqa: FBT001 - as a line has it
    return np.concatenate([points, points[:1]]) if closed else points


def _between_ends(tube: Tube) -> float:
    """Return the length of the way through the middle of an object between its two farthest ends."""
    import edt  # noqa: PLC0415 - nothing that does not need it should wait for it

    mask, voxel_size = np.ascontiguousarray(tube.mask), tube.voxel_size
    distance = edt.edt(mask, anisotropy=tuple(voxel_size))
    middle = np.argwhere(_ridge(distance, voxel_size))
    if not len(middle):
        return 0.0
    every = -(-len(middle) // _MOST)
    middle = middle[::every]
    # Fewer points are farther apart.
    points = middle * voxel_size
    graph = _graph(points, _REACH * float(voxel_size.max()) * np.sqrt(every))
    start, _ = _farthest(graph, int(distance[tuple(middle.T)].argmax()))
    stop, length = _farthest(graph, start)
    return length + sum(
        min(float(distance[tuple(middle[end])]), _to_face(tube, middle[end]))
        for end in (start, stop)
    )


def _ridge(distance: NDArray[np.float32], voxel_size: Points) -> NDArray[np.bool_]:
    """Return which voxels are in the middle of an object, (z, y, x): from there the distance only falls."""
    padded = np.pad(distance, 1, mode="edge")
    found = distance > 0
    for step in np.ndindex(3, 3, 3):
        way = float(np.linalg.norm((np.array(step) - 1) * voxel_size))
        if way:
            there = tuple(slice(s, s + n) for s, n in zip(step, distance.shape, strict=True))
            found &= padded[there] - distance < _SLOPE * way
    return found


def _to_face(tube: Tube, voxel: NDArray[np.int64]) -> float:
    """Return how far a voxel is from the nearest face of the volume that is at an end of the box."""
    far = np.inf
    for place, size, n, (low, high) in zip(
        voxel.tolist(), tube.voxel_size.tolist(), tube.mask.shape, tube.faces, strict=True
    ):
        far = min(far, (place + 0.5) * size if low else np.inf)
        far = min(far, (n - 0.5 - place) * size if high else np.inf)
    return far


def _graph(points: Points, reach: float) -> csr_array:
    from scipy.sparse import coo_array  # noqa: PLC0415 - nothing else should wait for these
    from scipy.spatial import KDTree  # noqa: PLC0415

    pairs = KDTree(points).query_pairs(reach, output_type="ndarray")
    lengths = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    shape = (len(points), len(points))
    return coo_array((lengths, (pairs[:, 0], pairs[:, 1])), shape=shape).tocsr()


def _farthest(graph: csr_array, start: int) -> tuple[int, float]:
    """Return the point that is farthest from another along the graph, and how far it is."""
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

    ways = dijkstra(graph, directed=False, indices=start)
    reached = np.where(np.isfinite(ways), ways, -1.0)
    return int(reached.argmax()), float(reached.max())
