"""Competition and rules between the predictions of several models, slice after slice of a volume."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.interactions.distances import largest_distance
from scseg.interactions.rules import largest_radius
from scseg.interactions.slice_interactions import SliceInteractions, radius_px

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from scseg.interactions.rules import InteractionSettings, Rule

    Slice = Mapping[str, NDArray[np.float32]]
    """The predictions of a slice, float32 (y, x) by the model's id."""


@dataclass(frozen=True)
class VoxelSize:
    """The voxel size in A: `apix` within a slice, `apix_z` between slices, or None if rules act in 2-D."""

    apix: float
    apix_z: float | None = None

    def slices_within(self, radius: float) -> int:
        """Return how many slices on either side lie within a radius (nm)."""
        if self.apix_z is None:
            return 0
        count = 0
        while (
            largest_distance(radius_px(radius, self.apix), self.distance_between(count + 1))
            is not None
        ):
            count += 1
        return count

    def distance_between(self, slices: int) -> float:
        """Return the distance of two slices that are `slices` apart, in pixels within a slice."""
        return abs(slices) * (self.apix_z or 0.0) / self.apix


def slices_after_rules(
    slices: Iterable[Slice],
    interactions: Mapping[str, InteractionSettings],
    scale: VoxelSize,
    count: int,
) -> Iterator[dict[str, NDArray[np.float32]]]:
    """Apply competition and rules to the slices of a volume.

    A slice comes out when as many more have gone in as lie within the largest radius. Meanwhile its values
    are held, and one bit a pixel for every rule with another partner, threshold or radius: memory depends on
    how many slices the radius reaches, not on the length of the volume.

    Args:
        slices: the predictions of each slice in order, float32 (y, x), by the id of the model.
        interactions: the settings of each model, by its id.
        scale: the voxel size; it tells whether rules act in 2-D or 3-D.
        count: the number of slices.

    Yields:
        For each slice in order the values after competition and rules, float32 (y, x), by model id.
    """
    latency = scale.slices_within(largest_radius(interactions))
    waiting: deque[dict[str, NDArray[np.float32]]] = deque()
    nearness = _Nearness(interactions, scale, count)
    for z, predictions in enumerate(slices):
        slice_interactions = SliceInteractions(predictions, interactions)
        nearness.spread(slice_interactions, z)
        waiting.append(
            {model: slice_interactions.after_competition(model) for model in interactions}
        )
        if len(waiting) > latency:
            yield nearness.ruled(waiting.popleft(), z - latency)
    first = nearness.next_z
    for z, values in enumerate(waiting, first):
        yield nearness.ruled(values, z)


class _Nearness:
    """For each rule and slice, which pixels lie within the radius of what the partner finds anywhere.

    Kept as bits, since a large radius reaches many slices.
    """

    def __init__(
        self, interactions: Mapping[str, InteractionSettings], scale: VoxelSize, count: int
    ) -> None:
        self._interactions = interactions
        self._scale = scale
        self._count = count
        self._near: dict[tuple[int, str, float, float], NDArray[np.uint8]] = {}
        self.next_z = 0

    def spread(self, slice_interactions: SliceInteractions, z: int) -> None:
        """Mark in every slice in reach, before and behind, what is near to what is found in slice z."""
        for partner, threshold, radius in self._wanted():
            distances = slice_interactions.distances(partner, threshold)
            within = self._scale.slices_within(radius)
            pixels = radius_px(radius, self._scale.apix)
            for other in range(max(self.next_z, z - within), min(self._count, z + within + 1)):
                limit = largest_distance(pixels, self._scale.distance_between(other - z))
                near = np.packbits(distances <= np.float32(limit or 0.0), axis=-1)
                key = (other, partner, threshold, radius)
                if key in self._near:
                    self._near[key] |= near
                else:
                    self._near[key] = near

    def ruled(
        self, values: dict[str, NDArray[np.float32]], z: int
    ) -> dict[str, NDArray[np.float32]]:
        """Return the values of slice z after its rules, and forget what is near in it."""
        result = {
            model: self._applied(values[model], interaction.rules, z)
            for model, interaction in self._interactions.items()
        }
        self._near = {key: near for key, near in self._near.items() if key[0] != z}
        self.next_z = z + 1
        return result

    def _applied(
        self, values: NDArray[np.float32], rules: tuple[Rule, ...], z: int
    ) -> NDArray[np.float32]:
        for rule in rules:
            bits = self._near[z, rule.partner, rule.threshold, rule.radius]
            near = np.unpackbits(bits, axis=-1, count=values.shape[-1]).view(np.bool_)
            values = values * (~near if rule.kind == "avoid" else near)
        return values

    def _wanted(self) -> set[tuple[str, float, float]]:
        return {
            (rule.partner, rule.threshold, rule.radius)
            for interaction in self._interactions.values()
            for rule in interaction.rules
        }
