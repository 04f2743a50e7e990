"""The filters of the slice on the screen, run on the graphics card into textures of floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from OpenGL import GL

from scseg.gui.gl.shader import Shader
from scseg.gui.gl.texture import ArrayTexture, Picture, cover
from scseg.state.filters import effective, kernels, thinned

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from scseg.gui.gl.shader import Constant, Uniform
    from scseg.state.filters import Filter, Stack

Grey = ArrayTexture | Picture
"""Whatever holds grey values on the graphics card."""


class FilteredSlice:
    """What a stack of filters makes of a slice. Needs a current context, also to be deleted.

    While filters are on it holds 12 or, with more than one, 16 bytes for each voxel; else nothing.
    """

    def __init__(self) -> None:
        self._shader = Shader("filter.frag")
        self._pictures: list[Picture] = []
        self._made: tuple[Hashable, Stack] | None = None

    def update(self, source: ArrayTexture, revision: Hashable, stack: Stack) -> bool:
        """Filter the slice in `source`, which `revision` names; False where all is as before."""
        wanted = (revision, thinned(effective(stack), source.step))
        if wanted == self._made:
            return False
        self._made = None
        self._keep(len(wanted[1]))
        grey: Grey = source
        for index, one in enumerate(wanted[1]):
            # Two take turns, because no pass can read what it draws into.
            target = self._pictures[1 + index % 2]
            self._apply(one, grey, target, source.texels)
            grey = target
        self._made = wanted
        return True

    @property
    def result(self) -> Picture | None:
        """The filtered slice; None where no filter changes anything."""
        count = len(self._made[1]) if self._made else 0
        return self._pictures[1 + (count - 1) % 2] if count else None

    def read_back(self) -> NDArray[np.float32] | None:
        """Return the texels of the filtered slice, (y, x). Slow: it waits for the graphics card."""
        return self.result.values() if self.result else None

    def delete(self) -> None:
        self._keep(0)
        self._shader.delete()

    def _keep(self, filters: int) -> None:
        """Have what so many filters need: a picture between two passes, and one or two of results."""
        wanted = min(filters, 2) + 1 if filters else 0
        while len(self._pictures) > wanted:
            self._pictures.pop().delete()
        while len(self._pictures) < wanted:
            stored = GL.GL_R32F if self._pictures else GL.GL_RG32F
            self._pictures.append(Picture(stored, GL.GL_LINEAR))

    def _apply(self, one: Filter, grey: Grey, target: Picture, shape: tuple[int, ...]) -> None:
        chosen = kernels(one)
        between = self._pictures[0]
        last: dict[str, Constant] = {"LAST": True, "MAGNITUDE": chosen.magnitude}
        with between.drawn_into(shape[1], shape[0]):
            self._run(chosen.along_x, (grey, grey), 1.0, {"LAST": False, "MAGNITUDE": False})
        with target.drawn_into(shape[1], shape[0]):
            self._run(chosen.along_y, (between, grey), float(one.weight), last)

    def _run(
        self,
        taps: NDArray[np.float64],
        read: tuple[Grey, Grey],
        weight: float,
        constants: dict[str, Constant],
    ) -> None:
        """Run one pass; `read` are what is filtered and the grey values before."""
        for unit, texture in enumerate(read):
            texture.bind(unit)
        uniforms: dict[str, Uniform] = {
            "image": 0,
            "before": 1,
            "taps": np.ascontiguousarray(taps, np.float32),
            "sums": tuple(taps.sum(axis=0).tolist()),
            "count": len(taps),
            "weight": weight,
        }
        self._shader.use(uniforms, constants)
        cover()
