"""Textures: arrays of a slice, of which only what has changed is uploaded, and pictures to draw into."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from OpenGL import GL

from scseg.base.rect import Rect
from scseg.runtime.display import thinning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from scseg.drawing.versioned_array import VersionedArray


class TexelKind(NamedTuple):
    """How OpenGL keeps values and is given them; where they are `smooth`, shaders read between them.

    `thinned` makes one texel of each square of so many voxels along y and x.
    """

    stored: int
    channel: int
    dtype: type[np.float32 | np.uint8]
    gl_type: int
    thinned: Callable[[NDArray[Any], int], NDArray[Any]]
    smooth: bool = False


GREY = TexelKind(GL.GL_R32F, GL.GL_RED, np.float32, GL.GL_FLOAT, thinning.mean, smooth=True)
"""Grey values."""

PREDICTION = GREY._replace(thinned=thinning.known_mean)

# Integers cannot be smoothed; a texture that should be is incomplete and reads as nothing.
LABELS = TexelKind(GL.GL_R8UI, GL.GL_RED_INTEGER, np.uint8, GL.GL_UNSIGNED_BYTE, thinning.most)
"""Labels of masks, read by shaders as integers."""

NEVER = -1
"""A revision that no array has had."""


def largest_side() -> int:
    """Return how many texels along y and x a texture can have that can also be drawn into."""
    sizes = (GL.GL_MAX_TEXTURE_SIZE, GL.GL_MAX_VIEWPORT_DIMS)
    return min(int(np.min(GL.glGetIntegerv(each))) for each in sizes)


class ArrayTexture:
    """An array (y, x) of a slice as a texture: float32, or uint8 for LABELS.

    Its texels are voxels; or squares of `step` x `step` voxels, where there are more of these along y or x
    than the `largest` texture has. `shape` (y, x) is in voxels, `texels` in texels.
    """

    def __init__(self, kind: TexelKind = GREY) -> None:
        self.handle: int = GL.glGenTextures(1)
        self.shape: tuple[int, ...] = (0, 0)
        self.texels: tuple[int, ...] = (0, 0)
        self.step, self.largest = 1, 0
        self._kind = kind
        self._array: VersionedArray[Any] | None = None
        self._revision = NEVER

    def update(self, array: VersionedArray[Any]) -> Rect:
        """Upload what has changed of an array, of another array all; return the box that was uploaded."""
        # A revision says nothing about another array.
        changed = array.changed_since(self._revision if self._array is array else NEVER)
        if not changed.empty:
            self._upload(array.values, changed)
        self._array, self._revision = array, array.revision
        return changed

    def put(self, values: NDArray[Any]) -> None:
        """Upload the whole of an array that will not change."""
        self._upload(values, Rect.whole(values.shape))
        self._array = None

    def bind(self, unit: int) -> None:
        """Make the texture the one that samplers with the number `unit` read."""
        _bind(self.handle, unit)

    def delete(self) -> None:
        GL.glDeleteTextures([self.handle])

    def _upload(self, values: NDArray[Any], region: Rect) -> None:
        """Upload a region; of an array of another shape, all."""
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.handle)
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 1)
        kind = self._kind
        if values.shape != self.shape:
            self._measure(values.shape)
            rows, columns = self.texels
            data = self._texels_of(values)
            given = kind.channel, kind.gl_type
            GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, kind.stored, columns, rows, 0, *given, data)
        else:
            part = thinning.in_texels(region, self.step)
            data = self._texels_of(values[thinning.in_voxels(part, self.step).slices])
            place = part.x0, part.y0, part.width, part.height
            GL.glTexSubImage2D(GL.GL_TEXTURE_2D, 0, *place, kind.channel, kind.gl_type, data)
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 4)

    def _measure(self, shape: tuple[int, ...]) -> None:
        """Be of another size."""
        self.shape, self.largest = shape, largest_side()
        self.step = thinning.thinning(shape, self.largest)
        self.texels = thinning.in_texels(Rect.whole(shape), self.step).shape
        _set_sampling(GL.GL_LINEAR if self._kind.smooth else GL.GL_NEAREST)

    def _texels_of(self, values: NDArray[Any]) -> NDArray[Any]:
        thinned = values if self.step == 1 else self._kind.thinned(values, self.step)
        return np.ascontiguousarray(thinned, self._kind.dtype)


class Picture:
    """A texture to draw into, of a size that may change, with all that drawing over the whole of it needs.

    `stored` is the format of its pixels, `sampling` how shaders read between them.
    """

    def __init__(self, stored: int = GL.GL_RGBA8, sampling: int = GL.GL_NEAREST) -> None:
        self.texture: int = GL.glGenTextures(1)
        self.size = (0, 0)
        self._stored, self._sampling = stored, sampling
        self._buffer: int = GL.glGenFramebuffers(1)
        self._no_vertices: int = GL.glGenVertexArrays(1)

    @contextlib.contextmanager
    def drawn_into(self, width: int, height: int) -> Iterator[None]:
        """Direct drawing into the picture, made as large as this; whatever fails, it ends here.

        Else the whole window would be drawn into the picture, and its own pixels stay black.
        """
        with _bound(self._buffer):
            if self.size != (width, height):
                self._resize(width, height)
            GL.glViewport(0, 0, width, height)
            GL.glBindVertexArray(self._no_vertices)
            for flag in (GL.GL_SCISSOR_TEST, GL.GL_DEPTH_TEST, GL.GL_CULL_FACE, GL.GL_BLEND):
                GL.glDisable(flag)
            try:
                yield
            finally:
                GL.glBindVertexArray(0)

    def bind(self, unit: int) -> None:
        """Make the picture the texture that samplers with the number `unit` read."""
        _bind(self.texture, unit)

    def pixels(self) -> NDArray[np.uint8]:
        """Return a picture of bytes, (y, x, RGBA), row 0 at the bottom. Slow: it waits for the drawing."""
        width, height = self.size
        data = self._read(GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
        return np.frombuffer(data, np.uint8).reshape(height, width, 4)

    def values(self) -> NDArray[np.float32]:
        """Return the first channel, (y, x), row 0 at the bottom. Slow: it waits for the drawing."""
        width, height = self.size
        data = self._read(GL.GL_RED, GL.GL_FLOAT)
        return np.frombuffer(data, np.float32).reshape(height, width)

    def delete(self) -> None:
        GL.glDeleteFramebuffers(1, [self._buffer])
        GL.glDeleteTextures([self.texture])
        GL.glDeleteVertexArrays(1, [self._no_vertices])

    def _read(self, channels: int, kind: int) -> bytes:
        width, height = self.size
        with _bound(self._buffer):
            data: bytes = GL.glReadPixels(0, 0, width, height, channels, kind, outputType=bytes)
        return data

    def _resize(self, width: int, height: int) -> None:
        """Needs its buffer bound."""
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.texture)
        _set_sampling(self._sampling)
        GL.glTexImage2D(
            GL.GL_TEXTURE_2D,
            0,
            self._stored,
            width,
            height,
            0,
            GL.GL_RGBA,
            GL.GL_UNSIGNED_BYTE,
            None,
        )
        GL.glFramebufferTexture2D(
            GL.GL_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0, GL.GL_TEXTURE_2D, self.texture, 0
        )
        self.size = (width, height)


def cover() -> None:
    """Run the current shader for every pixel of the picture that is drawn into."""
    GL.glDrawArrays(GL.GL_TRIANGLES, 0, 3)


def cover_part(part: Rect) -> None:
    """Run the current shader for some pixels of the picture that is drawn into."""
    GL.glEnable(GL.GL_SCISSOR_TEST)
    GL.glScissor(part.x0, part.y0, part.width, part.height)
    cover()
    GL.glDisable(GL.GL_SCISSOR_TEST)


@contextlib.contextmanager
def _bound(buffer: int) -> Iterator[None]:
    """Direct drawing and reading to a framebuffer, and back to the window afterwards."""
    GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, buffer)
    try:
        yield
    finally:
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, 0)


def _set_sampling(sampling: int) -> None:
    """Choose how shaders read the texture bound now: between its texels, and at its edge beyond them."""
    for name, value in (
        (GL.GL_TEXTURE_MIN_FILTER, sampling),
        (GL.GL_TEXTURE_MAG_FILTER, sampling),
        (GL.GL_TEXTURE_WRAP_S, GL.GL_CLAMP_TO_EDGE),
        (GL.GL_TEXTURE_WRAP_T, GL.GL_CLAMP_TO_EDGE),
    ):
        GL.glTexParameteri(GL.GL_TEXTURE_2D, name, value)


def _bind(texture: int, unit: int) -> None:
    GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
    GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
    GL.glActiveTexture(GL.GL_TEXTURE0)
