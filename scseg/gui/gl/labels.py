"""Masks of features on the graphics card: a texture for each, of which only what was drawn on is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.rect import NOWHERE, Rect
from scseg.gui.gl.shader import Shader
from scseg.gui.gl.texture import LABELS, ArrayTexture, cover_part
from scseg.runtime.display.thinning import in_texels, in_voxels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scseg.drawing.versioned_array import VersionedArray
    from scseg.gui.gl.shader import Uniform
    from scseg.runtime.display.projection import Projection
    from scseg.runtime.display.scene import Drawing


@dataclass
class _Layer:
    """`bounds` holds all that is labelled."""

    texture: ArrayTexture = field(default_factory=lambda: ArrayTexture(LABELS))
    bounds: Rect = NOWHERE


class LabelLayers:
    """One layer for each feature on the slice. `uploaded` counts bytes, for whoever measures."""

    def __init__(self) -> None:
        self.uploaded = 0
        self._layers: dict[str, _Layer] = {}
        self._shader = Shader("view.glsl", "areas.glsl", "labels.frag")

    def upload(self, masks: Mapping[str, VersionedArray[np.uint8]]) -> Rect:
        """Bring the textures up to date with masks by feature; return the voxels that have changed.

        The textures of other features are given back.
        """
        all_changed = NOWHERE
        for feature in [each for each in self._layers if each not in masks]:
            self._layers.pop(feature).texture.delete()
        for feature, mask in masks.items():
            layer = self._layers.setdefault(feature, _Layer())
            changed = layer.texture.update(mask)
            all_changed = all_changed.union(changed)
            if not changed.empty:
                drawn = _bounds(mask.values, changed)
                layer.bounds = drawn if changed == mask.whole else layer.bounds.union(drawn)
                self.uploaded += changed.height * changed.width
        return all_changed

    def paint(self, drawing: Drawing, projection: Projection) -> None:
        """Draw a mask over what is there, with the current blending, and only where there is something."""
        layer = self._layers[drawing.feature]
        layer.texture.bind(1)
        uniforms: dict[str, Uniform] = {
            "labels": 1,
            "tint": drawing.colour,
            "alpha": drawing.alpha,
            "line": drawing.line,
        }
        constants = projection.constants | {"FILLED": drawing.filled}
        self._shader.use(projection.uniforms | uniforms, constants)
        # The mean of a pixel beside a label may still have a part of it.
        seen = in_voxels(in_texels(layer.bounds, projection.step), projection.step)
        cover_part(projection.part(seen, margin=1))

    def delete(self) -> None:
        self.upload({})
        self._shader.delete()


def _bounds(labels: NDArray[np.uint8], region: Rect) -> Rect:
    """Return the smallest rectangle with all that is labelled in a region of a mask (y, x)."""
    part = labels[region.slices]
    rows = np.flatnonzero(part.any(axis=1))
    if not len(rows):
        return NOWHERE
    columns = np.flatnonzero(part.any(axis=0))
    labelled = Rect(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
    return labelled.moved(region.y0, region.x0)
