"""Draws the slice with its masks into a picture, and only when something that it shows has changed.

`upload` belongs at the start of a frame: with drawing pending the driver would have to wait for it, which
makes an upload hundreds of times dearer. `paint` compares a `Scene` by value with the last one drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from OpenGL import GL

from scseg.gui.gl.filters import FilteredSlice
from scseg.gui.gl.labels import LabelLayers
from scseg.gui.gl.projection import Projection
from scseg.gui.gl.shader import Shader
from scseg.gui.gl.texture import FloatTexture, Picture, cover_part
from scseg.gui.slices import described

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scseg.annotations.slice_mask import SliceMask
    from scseg.compute.messages import SliceRequest
    from scseg.filters import Stack
    from scseg.gui.gl.shader import Uniform
    from scseg.gui.scene import Overlay, Scene
    from scseg.gui.slices import SliceImage, SliceKey
    from scseg.preview import Prediction

GRID_FROM, GRID_FULL = 14.0, 40.0
"""Pixels per voxel at which the grid between voxels begins to show, and is as strong as it gets."""

LEAST_SPAN = 1e-30
"""Grey values from black to white, where a file has them the same."""


@dataclass
class _Layer:
    texture: FloatTexture
    request: SliceRequest | None = None
    bands: int = 0


class SlicePainter:
    """Owns the OpenGL objects of the slice view. Needs a current context, also to be deleted."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.drawn: Scene | None = None
        self.paintings = 0
        self._slice = FloatTexture()
        self._filtered = FilteredSlice()
        self._seen: SliceImage | None = None
        self._shown: SliceKey | None = None
        self._layers: list[_Layer] = []
        self.labels = LabelLayers()
        self._slice_shader = Shader("view.glsl", "slice.frag")
        self._overlay_shader = Shader("view.glsl", "overlay.frag")

    def upload_slice(self, image: SliceImage) -> None:
        if self._shown != image.key:
            self._slice.put(image.values)
            self._shown = image.key

    def filter_slice(self, image: SliceImage, stack: Stack) -> SliceImage:
        """Filter the slice uploaded last; return it as it is drawn, measured anew if filtered."""
        if self._filtered.update(self._slice, image.key, stack):
            values = self._filtered.read_back()
            self._seen = None if values is None else described(image.key, values)
        return self._seen or image

    def upload_predictions(self, predictions: dict[SliceRequest, Prediction]) -> None:
        """Bring the textures up to date: of a slice that is being predicted, only the new bands."""
        self._assign(list(predictions))
        for layer in self._layers:
            if layer.request is None:
                continue
            prediction = predictions[layer.request]
            if layer.bands == 0:
                layer.texture.put(prediction.values)
            else:
                for start, stop in prediction.bands[layer.bands :]:
                    layer.texture.put_rows(start, prediction.values[start:stop])
            layer.bands = len(prediction.bands)

    def upload_labels(self, masks: Mapping[str, SliceMask]) -> None:
        """Bring what is drawn of features (by id) up to date: of a stroke, only what it has changed."""
        self.labels.upload(masks)

    def paint(self, scene: Scene) -> None:
        """Draw the scene, unless the picture shows it already."""
        if scene == self.drawn:
            return
        self.drawn = scene
        self.paintings += 1
        self.picture.begin(*scene.size)
        GL.glClearColor(*scene.surroundings, 1.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)
        projection = Projection(scene, self._slice.shape)
        self._paint_slice(projection)
        GL.glEnable(GL.GL_BLEND)
        GL.glBlendFuncSeparate(GL.GL_SRC_ALPHA, GL.GL_ONE_MINUS_SRC_ALPHA, GL.GL_ZERO, GL.GL_ONE)
        for overlay in scene.overlays:
            self._paint_overlay(overlay, projection)
        for drawing in scene.drawings:
            self.labels.paint(drawing, projection)
        self.picture.end()

    def delete(self) -> None:
        for owned in (
            self.picture,
            self._slice,
            self._filtered,
            self.labels,
            self._slice_shader,
            self._overlay_shader,
        ):
            owned.delete()
        for layer in self._layers:
            layer.texture.delete()

    def _paint_slice(self, projection: Projection) -> None:
        (self._filtered.result or self._slice).bind(0)
        strength = min(1.0, max(0.0, (projection.zoom - GRID_FROM) / (GRID_FULL - GRID_FROM)))
        uniforms: dict[str, Uniform] = {"voxels": 0, "grid": 0.18 * strength}
        uniforms |= projection.uniforms | _contrast(projection.scene)
        self._slice_shader.use(uniforms, projection.constants | {"GRID": strength > 0})
        cover_part(projection.all)

    def _paint_overlay(self, overlay: Overlay, projection: Projection) -> None:
        layer = next(layer for layer in self._layers if layer.request == overlay.request)
        layer.texture.bind(1)
        uniforms: dict[str, Uniform] = {
            "voxels": 0,
            "prediction": 1,
            "threshold": overlay.threshold,
            "tint": overlay.colour,
            "alpha": overlay.alpha,
        }
        uniforms |= projection.uniforms | _contrast(projection.scene)
        self._overlay_shader.use(uniforms, projection.constants | {"BLEND": overlay.blend})
        cover_part(projection.all)

    def _assign(self, wanted: list[SliceRequest]) -> None:
        """Give each wanted request a layer: its own where it has one, else a free or a new one."""
        for layer in self._layers:
            if layer.request not in wanted:
                layer.request = None
        present = {layer.request for layer in self._layers}
        free = [layer for layer in self._layers if layer.request is None]
        for request in wanted:
            if request in present:
                continue
            layer = free.pop() if free else _Layer(FloatTexture())
            if layer not in self._layers:
                self._layers.append(layer)
            layer.request, layer.bands = request, 0


def _contrast(scene: Scene) -> dict[str, Uniform]:
    black, white = scene.limits
    contrast = 1 / max(white - black, LEAST_SPAN)
    return (
        {"black": white, "contrast": -contrast}
        if scene.inverted
        else {"black": black, "contrast": contrast}
    )
