"""Draws the slice with its masks into a picture, and only when something that it shows has changed.

`upload` belongs at the start of a frame: with drawing pending the driver would have to wait for it, which
makes an upload hundreds of times dearer. `paint` compares a `Scene` by value with the last one drawn.
"""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from OpenGL import GL

from scseg.base.rect import NOWHERE, Rect
from scseg.gui.gl.filters import FilteredSlice
from scseg.gui.gl.labels import LabelLayers
from scseg.gui.gl.objects import ObjectsTexture
from scseg.gui.gl.overlays import LayerContent, OverlayLayers
from scseg.gui.gl.shader import Shader
from scseg.gui.gl.texture import ArrayTexture, Picture, cover_part
from scseg.runtime.display.grey_scale import AS_THEY_ARE, scale_of
from scseg.runtime.display.projection import Projection
from scseg.runtime.display.thinning import in_texels, in_voxels, spread
from scseg.runtime.tomograms.slice_reader import measured

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from scseg.drawing.versioned_array import VersionedArray
    from scseg.gui.gl.shader import Uniform
    from scseg.runtime.display.grey_scale import GreyScale
    from scseg.runtime.display.scene import Scene
    from scseg.runtime.on_screen import ComparedPart, ShownPrediction, ShownVolume
    from scseg.runtime.tomograms.slice_reader import SliceImage, SliceKey
    from scseg.state.filters import Stack

GRID_FROM, GRID_FULL = 14.0, 40.0
"""Pixels per voxel at which the grid between voxels begins to show, and is as strong as it gets."""

LEAST_SPAN = 1e-24
"""From black to white, where they are the same."""


_KINDS_OF_ARRAYS = (
    "ctypesarrays",
    "ctypesparameters",
    "ctypespointers",
    "lists",
    "nones",
    "numbers",
    "numpymodule",
    "strings",
)


class SlicePainter:
    """Owns the OpenGL objects of the slice view. Needs a current context, also to be deleted."""

    def __init__(self) -> None:
        _load_all()
        self.picture = Picture()
        self.drawn: Scene | None = None
        self.paintings = 0
        self._slice = ArrayTexture()
        self._scale = AS_THEY_ARE
        self._filtered = FilteredSlice()
        self._seen: SliceImage | None = None
        self._shown: SliceKey | None = None
        self._changed = NOWHERE
        self.labels = LabelLayers()
        self.overlays = OverlayLayers()
        self.objects = ObjectsTexture()
        self._slice_shader = Shader("view.glsl", "slice.frag")

    def upload_slice(self, image: SliceImage) -> None:
        if self._shown != image.key:
            self._scale = scale_of(image)
            self._slice.put(self._scale.texels(image.values))
            self._shown = image.key

    @property
    def thinning(self) -> tuple[int, int]:
        """How many voxels along y and x of the slice uploaded last are a texel, the most of these."""
        return self._slice.step, self._slice.largest

    def filter_slice(self, image: SliceImage, stack: Stack) -> SliceImage:
        """Filter the slice uploaded last; return it as it is drawn, measured anew if filtered."""
        if self._filtered.update(self._slice, image.key, stack):
            texels = self._filtered.read_back()
            self._seen = None if texels is None else self._measured(image, texels, stack)
        return self._seen or image

    def _measured(self, image: SliceImage, texels: NDArray[np.float32], stack: Stack) -> SliceImage:
        """Measure what filters have made of a slice."""
        values = spread(texels, self._slice.step, image.values.shape)
        seen = measured(image.key, values, image.padding)
        return self._scale.filtered(stack).in_grey_values(seen)

    def upload_predictions(
        self,
        masks: Sequence[ShownPrediction],
        volumes: Sequence[ShownVolume] = (),
        compared: Sequence[ComparedPart] = (),
    ) -> None:
        """Bring the textures up to date: of a slice that is being predicted, only the new bands."""
        content = [LayerContent(each.model.id, each.prediction, each.removed) for each in masks]
        content += [LayerContent(each.overlay.id, each.prediction) for each in volumes]
        content += [LayerContent(each.source, each.prediction) for each in compared]
        self._changed = self._changed.union(self.overlays.upload(content))

    def upload_labels(self, masks: Mapping[str, VersionedArray[np.uint8]]) -> None:
        """Bring what is drawn of features (by id) up to date: of a stroke, only what it has changed."""
        self._changed = self._changed.union(self.labels.upload(masks))

    def paint(self, scene: Scene) -> None:
        """Draw the scene, unless the picture shows it already; of what it shows, only what has changed."""
        if scene == self.drawn:
            return
        projection = Projection(scene, self._slice.shape, step=self._slice.step)
        if self.drawn is not None and scene.differs_in_voxels_only(self.drawn):
            projection = replace(projection, within=_changed(projection, self._changed))
        self.drawn = None
        self.paintings += 1
        with self.picture.drawn_into(*scene.size):
            self._paint(projection)
        self.drawn, self._changed = scene, NOWHERE

    def delete(self) -> None:
        for owned in (
            self.picture,
            self._slice,
            self._filtered,
            self.labels,
            self.overlays,
            self.objects,
            self._slice_shader,
        ):
            owned.delete()

    def _paint(self, projection: Projection) -> None:
        scene = projection.scene
        contrast = _contrast(scene, self._scale.filtered(scene.filters))
        if projection.within is None:
            GL.glClearColor(*scene.surroundings, 1.0)
            GL.glClear(GL.GL_COLOR_BUFFER_BIT)
        self._paint_slice(projection, contrast)
        GL.glEnable(GL.GL_BLEND)
        GL.glBlendFuncSeparate(GL.GL_SRC_ALPHA, GL.GL_ONE_MINUS_SRC_ALPHA, GL.GL_ZERO, GL.GL_ONE)
        for overlay in scene.overlays:
            self.overlays.paint(overlay, projection, contrast)
        for drawing in scene.drawings:
            self.labels.paint(drawing, projection)
        if scene.objects is not None:
            self.objects.paint(scene.objects, projection)

    def _paint_slice(self, projection: Projection, contrast: dict[str, Uniform]) -> None:
        (self._filtered.result or self._slice).bind(0)
        strength = min(1.0, max(0.0, (projection.texel - GRID_FROM) / (GRID_FULL - GRID_FROM)))
        uniforms: dict[str, Uniform] = {"voxels": 0, "grid": 0.18 * strength}
        uniforms |= projection.uniforms | contrast
        self._slice_shader.use(uniforms, projection.constants | {"GRID": strength > 0})
        cover_part(projection.all)


def _changed(projection: Projection, voxels: Rect) -> Rect:
    """Return the pixels that look otherwise where voxels have changed."""
    # Pixels drawn small are means, which reach into the next one; smooth texels reach to the next.
    margin = projection.scene.widest_line + 2
    if projection.constants["SMOOTHED"]:
        margin += math.ceil(projection.texel)
    step = projection.step
    return projection.part(in_voxels(in_texels(voxels, step), step), margin)


def _contrast(scene: Scene, scale: GreyScale) -> dict[str, Uniform]:
    """Return what shaders are told of black and white, in texels."""
    black, white = map(scale.texel, scene.limits)
    contrast = 1 / max(white - black, LEAST_SPAN)
    return (
        {"black": white, "contrast": -contrast}
        if scene.inverted
        else {"black": black, "contrast": contrast}
    )


def _load_all() -> None:
    """Load what PyOpenGL loads when it is first needed: later, no file may be left to open."""
    for kind in _KINDS_OF_ARRAYS:
        import_module(f"OpenGL.arrays.{kind}")
