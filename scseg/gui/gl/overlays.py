"""Predictions on the graphics card: a texture for each model, of which only what has come anew is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scseg.base.rect import NOWHERE, Rect
from scseg.gui.gl.shader import Shader
from scseg.gui.gl.texture import LABELS, PREDICTION, ArrayTexture, cover_part
from scseg.runtime.display.thinning import in_texels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.gui.gl.shader import Constant, Uniform
    from scseg.preview.predictions import Prediction
    from scseg.runtime.display.projection import Projection
    from scseg.runtime.display.scene import Overlay
    from scseg.runtime.on_screen import RemovedPixels

DIMMED = 0.4
"""How much is left of the colour of an overlay whose rules are not applied yet."""

CONTOUR_TAPS = 2
"""As many places along x and y tell a contour: each looks at four more, which in an area need not be."""


@dataclass(frozen=True, eq=False)
class LayerContent:
    """What a layer holds: the prediction of a model or a volume (its id), and what rules have removed."""

    source: str
    prediction: Prediction
    removed: RemovedPixels | None = None


@dataclass
class _Layer:
    values: ArrayTexture = field(default_factory=lambda: ArrayTexture(PREDICTION))
    removals: ArrayTexture | None = None
    removed: RemovedPixels | None = None

    def upload_removed(self, removed: RemovedPixels | None) -> None:
        if removed is not None and removed is not self.removed:
            self.removals = self.removals or ArrayTexture(LABELS)
            self.removals.put(removed.pixels)
        self.removed = removed

    def delete(self) -> None:
        self.values.delete()
        if self.removals is not None:
            self.removals.delete()


class OverlayLayers:
    """One layer for each model and volume on the slice. `uploaded` counts voxels, for whoever measures."""

    def __init__(self) -> None:
        self.uploaded = 0
        self._layers: dict[str, _Layer] = {}
        self._free: list[_Layer] = []
        self._shader = Shader("view.glsl", "overlay.frag")

    def upload(self, shown: Sequence[LayerContent]) -> Rect:
        """Bring the textures up to date; return the voxels that have changed.

        Those that are free for now wait for the next slice.
        """
        all_changed = NOWHERE
        wanted = {each.source for each in shown}
        for source in self._layers.keys() - wanted:
            self._free.append(self._layers.pop(source))
        for each in shown:
            if each.source not in self._layers:
                self._layers[each.source] = self._free.pop() if self._free else _Layer()
            layer = self._layers[each.source]
            changed = layer.values.update(each.prediction)
            all_changed = all_changed.union(changed)
            self.uploaded += changed.height * changed.width
            layer.upload_removed(each.removed)
        return all_changed

    def paint(self, overlay: Overlay, projection: Projection, contrast: dict[str, Uniform]) -> None:
        """Draw a prediction over the slice (on unit 0) with the current blending, where it was asked for."""
        layer = self._layers[overlay.source]
        layer.values.bind(1)
        if layer.removals is not None:
            layer.removals.bind(2)
        region = in_texels(overlay.region, projection.step)
        uniforms: dict[str, Uniform] = {
            "voxels": 0,
            "prediction": 1,
            "removed": 2,
            "lowest": (float(region.x0), float(region.y0)),
            "highest": (region.x1 - 1.0, region.y1 - 1.0),
            "threshold": overlay.threshold,
            "tint": overlay.colour,
            "alpha": overlay.alpha * (DIMMED if overlay.pending else 1.0),
            "line": overlay.line,
        }
        self._shader.use(
            uniforms | projection.uniforms | contrast,
            projection.constants | _constants(overlay, projection),
        )
        cover_part(projection.part(overlay.region))

    def delete(self) -> None:
        for layer in (*self._layers.values(), *self._free):
            layer.delete()
        self._layers.clear()
        self._free.clear()
        self._shader.delete()


def _constants(overlay: Overlay, projection: Projection) -> dict[str, Constant]:
    contour = overlay.look == "contour"
    taps = projection.constants["TAPS"]
    return {
        "TAPS": min(taps, CONTOUR_TAPS) if contour else taps,
        "CONTOUR": contour,
        "VALUES": overlay.look == "values",
        "RULED": overlay.removed is not None,
        "HATCHES": overlay.hatched,
        "BLEND": overlay.blend,
    }
