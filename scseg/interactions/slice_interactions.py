"""Competition and rules between the predictions of several models on one slice."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from scseg.interactions.competition import winning_pixels
from scseg.interactions.distances import allowed_by_rule, distance_map

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scseg.interactions.rules import InteractionSettings, Rule

_MAPS_KEPT = 8
"""Enough for the rules of a few models; a threshold that is dragged asks for one after another."""


class SliceInteractions:
    """Applies competition and rules to the predictions of one slice.

    Args:
        predictions: of all models that take part, float32 (y, x), by the id of the model.
        interactions: the settings of each model, by its id.

    Every rule reads its partner as it is after competition and before any rule, so neither the order of
    rules nor a cycle of them matters. What was computed for a partner and threshold serves every radius.
    """

    def __init__(
        self,
        predictions: Mapping[str, NDArray[np.float32]],
        interactions: Mapping[str, InteractionSettings],
    ) -> None:
        self._predictions = predictions
        self._survivors = winning_pixels(predictions, interactions)
        self._distances: OrderedDict[tuple[str, float], NDArray[np.float32]] = OrderedDict()

    def after_competition(self, model: str) -> NDArray[np.float32]:
        """Return the predictions of a model after competition, float32 (y, x), 0 where it lost."""
        stands = self._survivors.get(model)
        values = self._predictions[model]
        return values if stands is None else values * stands

    def finds(self, model: str, threshold: float) -> NDArray[np.bool_]:
        """Return where a model is at or above a threshold (above 0) after competition: bool (y, x)."""
        reached = self._predictions[model] >= np.float32(threshold)
        stands = self._survivors.get(model)
        return reached if stands is None else reached & stands

    def distances(self, model: str, threshold: float) -> NDArray[np.float32]:
        """Return the distances, float32 (y, x) in pixels, to what a model finds at a threshold."""
        key = (model, threshold)
        if key not in self._distances:
            self._distances[key] = distance_map(self.finds(model, threshold))
            if len(self._distances) > _MAPS_KEPT:
                self._distances.popitem(last=False)
        self._distances.move_to_end(key)
        return self._distances[key]

    def allowed(self, model: str, rules: tuple[Rule, ...], apix: float) -> NDArray[np.bool_] | None:
        """Return the pixels that competition and rules leave to a model, bool (y, x); None means all."""
        mask = self._survivors.get(model)
        for rule in rules:
            distances = self.distances(rule.partner, rule.threshold)
            stays = allowed_by_rule(distances, radius_px(rule.radius, apix), rule.kind)
            mask = stays if mask is None else mask & stays
        return mask


def radius_px(radius: float, apix: float) -> float:
    """Convert a radius from nm to pixels of `apix` A."""
    return 10.0 * radius / apix
