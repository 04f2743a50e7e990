"""Objects on the graphics card: the numbers of their colours on the slice, drawn over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.gui.gl.shader import Shader
from scseg.gui.gl.texture import LABELS, ArrayTexture, cover_part

if TYPE_CHECKING:
    import numpy as np

    from scseg.drawing.versioned_array import VersionedArray
    from scseg.gui.gl.shader import Uniform
    from scseg.runtime.display.projection import Projection
    from scseg.runtime.display.scene import ObjectsLayer


class ObjectsTexture:
    """The texture of one slice; it is there as long as there are objects."""

    def __init__(self) -> None:
        self._texture: ArrayTexture | None = None
        self._shader = Shader("view.glsl", "areas.glsl", "objects.frag")

    def upload(self, numbers: VersionedArray[np.uint8] | None) -> None:
        """Bring the texture up to date; without objects it is given back."""
        if numbers is None:
            self._delete_texture()
            return
        self._texture = self._texture or ArrayTexture(LABELS)
        self._texture.update(numbers)

    def paint(self, layer: ObjectsLayer, projection: Projection) -> None:
        """Draw the objects over what is there, with the current blending."""
        if self._texture is None or not layer.alpha:
            return
        self._texture.bind(1)
        uniforms: dict[str, Uniform] = {"labels": 1, "alpha": layer.alpha, "line": layer.line}
        self._shader.use(projection.uniforms | uniforms, projection.constants)
        cover_part(projection.all)

    def delete(self) -> None:
        self._delete_texture()
        self._shader.delete()

    def _delete_texture(self) -> None:
        if self._texture is not None:
            self._texture.delete()
            self._texture = None
