"""The skeleton of a filament, from voxels to ways: twigs are cut, crossings are gone straight through.

A skeleton is taken as a tree: of a ring, one link is left out, and its two ends lie beside each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]
    Way = list[int]
    """Numbers of points, each beside the next."""
    Links = dict[int, list[int]]
    End = tuple[int, int]
    """Of a way: its number, and 0 for its beginning or -1 for its end."""

STRAIGHT = -0.7
"""Two ways go on in each other where the cosine between them, from the crossing, is below: 135 degrees."""


def ways_along(mask: NDArray[np.bool_], voxel_size: Points, twig: float) -> list[Points]:
    """Return the ways along the skeleton of a mask, bool (z, y, x), each (n, 3) in the unit of `voxel_size`.

    Args:
        mask: one object.
        voxel_size: (z, y, x).
        twig: what ends after less than this is no filament, but unevenness of one.
    """
    voxels = _skeleton(mask)
    points = voxels * voxel_size
    links = _tree(voxels, points)
    _cut_twigs(links, points, twig)
    ways = _ways(links)
    return [points[way] for way in _straight_on(ways, points, twig)]


def length_of(points: Points) -> float:
    """Return the length of a way, (n, 3)."""
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def _skeleton(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the voxels of the skeleton of a mask, (n, 3)."""
    from skimage.morphology import skeletonize  # noqa: PLC0415 - nothing else should wait for it

    # Of what is as many voxels wide on both sides, nothing may be left; then one side goes first.
    for moved in (mask, *(mask & np.roll(mask, 1, axis) for axis in (2, 1, 0))):
        voxels = np.argwhere(skeletonize(moved))
        if len(voxels):
            return voxels
    return np.argwhere(mask)[:1]


def _tree(voxels: NDArray[np.int64], points: Points) -> Links:
    """Return which points lie beside each other, without the links that would close a circle."""
    from scipy.sparse import coo_array  # noqa: PLC0415
    from scipy.sparse.csgraph import minimum_spanning_tree  # noqa: PLC0415
    from scipy.spatial import KDTree  # noqa: PLC0415

    pairs = KDTree(voxels).query_pairs(1.8, output_type="ndarray")
    lengths = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    graph = coo_array((lengths, (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points)))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    links: Links = {point: [] for point in range(len(points))}
    for first, second in zip(tree.row.tolist(), tree.col.tolist(), strict=True):
        links[first].append(second)
        links[second].append(first)
    return links


def _ways(links: Links) -> list[Way]:
    """Return the ways between points that are no mere passages: ends and crossings."""
    ways = []
    for start, beside in links.items():
        if len(beside) == 2:
            continue
        for first in beside:
            way = [start, first]
            while len(links[way[-1]]) == 2:
                before, after = links[way[-1]]
                way.append(after if before == way[-2] else before)
            if way[0] < way[-1]:  # each is met from both of its ends
                ways.append(way)
    return ways


def _cut_twigs(links: Links, points: Points, twig: float) -> None:
    """Take away twigs, the shortest first; where one was cut, what is left may be none any more."""
    while True:
        twigs = []
        for way in _ways(links):
            if len(links[way[-1]]) == 1:
                way = way[::-1]  # noqa: PLW2901 - the same, from its loose end
            is_twig = len(links[way[0]]) == 1 and len(links[way[-1]]) > 2
            if is_twig and (length := length_of(points[way])) < twig:
                twigs.append((length, way))
        if not twigs:
            return
        touched = set[int]()
        for _, way in sorted(twigs):
            if way[-1] not in touched:
                touched.add(way[-1])
                links[way[-1]].remove(way[-2])
                for point in way[:-1]:
                    del links[point]


def _straight_on(ways: list[Way], points: Points, reach: float) -> list[Way]:
    """Join ways that go straight on through crossings."""
    ends: dict[int, list[End]] = {}
    for number, way in enumerate(ways):
        ends.setdefault(way[0], []).append((number, 0))
        ends.setdefault(way[-1], []).append((number, -1))
    onward: dict[End, End] = {}
    for meeting in ends.values():
        onward |= _pairs(meeting, ways, points, reach)
    joined, done = [], set[int]()
    # From the ends first; what is left then goes round.
    for start in sorted(
        ((n, e) for n in range(len(ways)) for e in (0, -1)), key=onward.__contains__
    ):
        if start[0] in done:
            continue
        chain: Way = []
        at: End | None = start
        while at is not None and at[0] not in done:
            number, end = at
            done.add(number)
            way = ways[number] if end == 0 else ways[number][::-1]
            chain += way[1:] if chain else way
            at = onward.get((number, -1 - end))
        joined.append(chain)
    return joined


def _pairs(meeting: list[End], ways: list[Way], points: Points, reach: float) -> dict[End, End]:
    """Return which of the ways that meet in a point go on in which, those that are straightest first."""
    directions = {end: _away(ways[end[0]], end[1], points, reach) for end in meeting}
    cosines = sorted(
        (float(directions[first] @ directions[second]), first, second)
        for i, first in enumerate(meeting)
        for second in meeting[i + 1 :]
    )
    pairs: dict[End, End] = {}
    for cosine, first, second in cosines:
        if cosine < STRAIGHT and first not in pairs and second not in pairs:
            pairs[first], pairs[second] = second, first
    return pairs


def _away(way: Way, end: int, points: Points, reach: float) -> Points:
    """Return in which direction a way leaves from one of its ends, as seen within some distance."""
    along = points[way if end == 0 else way[::-1]] - points[way[end]]
    far = np.linalg.norm(along, axis=1)
    beyond = np.flatnonzero(far >= reach)
    step = along[beyond[0] if len(beyond) else int(far.argmax())]
    return np.asarray(step / max(float(np.linalg.norm(step)), 1e-12))
