"""Masks of features on the graphics card: a texture for each, of which only what was drawn on is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from OpenGL import GL

from scseg.base.rect import Rect
from scseg.gui.gl.shader import Shader
from scseg.gui.gl.texture import cover_part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scseg.annotations.slice_mask import SliceMask
    from scseg.gui.canvas.scene import Drawing
    from scseg.gui.gl.projection import Projection
    from scseg.gui.gl.shader import Uniform

NOWHERE = Rect(0, 0, 0, 0)
NEVER = -1
"""A revision that no mask has had."""


class LabelTexture:
    """A texture of labels, one byte a voxel, read by shaders as integers."""

    def __init__(self) -> None:
        self.handle: int = GL.glGenTextures(1)
        self._shape = (0, 0)

    def put(self, labels: NDArray[np.uint8], region: Rect) -> None:
        """Upload a region of a mask, uint8 (y, x); of a mask of another shape, all."""
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.handle)
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 1)
        if labels.shape == self._shape:
            place = region.x0, region.y0, region.width, region.height
            part = np.ascontiguousarray(labels[region.slices])
            GL.glTexSubImage2D(
                GL.GL_TEXTURE_2D, 0, *place, GL.GL_RED_INTEGER, GL.GL_UNSIGNED_BYTE, part
            )
        else:
            self._make(labels)
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 4)

    def bind(self, unit: int) -> None:
        """Make the texture the one that samplers with the number `unit` read."""
        GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.handle)
        GL.glActiveTexture(GL.GL_TEXTURE0)

    def delete(self) -> None:
        GL.glDeleteTextures([self.handle])

    def _make(self, labels: NDArray[np.uint8]) -> None:
        self._shape = labels.shape
        rows, columns = labels.shape
        # Integers cannot be smoothed; a texture that should be is incomplete and reads as nothing.
        for name in (GL.GL_TEXTURE_MIN_FILTER, GL.GL_TEXTURE_MAG_FILTER):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, GL.GL_NEAREST)
        kind = GL.GL_RED_INTEGER, GL.GL_UNSIGNED_BYTE
        data = np.ascontiguousarray(labels)
        GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, GL.GL_R8UI, columns, rows, 0, *kind, data)


@dataclass
class _Layer:
    texture: LabelTexture = field(default_factory=LabelTexture)
    mask: SliceMask | None = None
    revision: int = 0
    bounds: Rect = NOWHERE


class LabelLayers:
    """One layer for each feature on the slice. `uploaded` counts bytes, for whoever measures."""

    def __init__(self) -> None:
        self.uploaded = 0
        self._layers: dict[str, _Layer] = {}
        self._shader = Shader("view.glsl", "labels.frag")

    def upload(self, masks: Mapping[str, SliceMask]) -> None:
        """Bring the textures up to date with masks by feature; those of other features are given back."""
        for feature in [each for each in self._layers if each not in masks]:
            self._layers.pop(feature).texture.delete()
        for feature, mask in masks.items():
            layer = self._layers.setdefault(feature, _Layer())
            # A revision says nothing about the masks of another tomogram.
            changed = mask.changed_since(layer.revision if layer.mask is mask else NEVER)
            if not changed.empty:
                layer.texture.put(mask.values, changed)
                same = layer.mask is mask and changed != Rect.whole(mask.values.shape)
                drawn = _bounds(mask.values, changed)
                layer.bounds = layer.bounds.union(drawn) if same else drawn
                self.uploaded += changed.height * changed.width
            layer.mask, layer.revision = mask, mask.revision

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
        cover_part(projection.part(layer.bounds, margin=1))

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
