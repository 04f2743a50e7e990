"""A float texture of one slice, and pictures that are drawn into."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np
from OpenGL import GL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from scseg.base.rect import Rect


class FloatTexture:
    """A 32-bit float texture; its texels are voxels, so grey values reach the shader as they are."""

    def __init__(self) -> None:
        self.handle: int = GL.glGenTextures(1)
        self.shape = (0, 0)

    def put(self, values: NDArray[np.float32]) -> None:
        """Upload a whole slice, float32 (y, x)."""
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.handle)
        if values.shape == self.shape:
            self._write(0, values)
            return
        self.shape = values.shape
        rows, columns = values.shape
        for name, value in (
            (GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR),
            (GL.GL_TEXTURE_MAG_FILTER, GL.GL_LINEAR),
            (GL.GL_TEXTURE_WRAP_S, GL.GL_CLAMP_TO_EDGE),
            (GL.GL_TEXTURE_WRAP_T, GL.GL_CLAMP_TO_EDGE),
        ):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, value)
        GL.glTexImage2D(
            GL.GL_TEXTURE_2D,
            0,
            GL.GL_R32F,
            columns,
            rows,
            0,
            GL.GL_RED,
            GL.GL_FLOAT,
            np.ascontiguousarray(values, np.float32),
        )

    def put_rows(self, start: int, values: NDArray[np.float32]) -> None:
        """Upload some rows, from row `start` on."""
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.handle)
        self._write(start, values)

    def bind(self, unit: int) -> None:
        """Make the texture the one that samplers with the number `unit` read."""
        _bind(self.handle, unit)

    def delete(self) -> None:
        GL.glDeleteTextures([self.handle])

    @staticmethod
    def _write(start: int, values: NDArray[np.float32]) -> None:
        rows, columns = values.shape
        GL.glTexSubImage2D(
            GL.GL_TEXTURE_2D,
            0,
            0,
            start,
            columns,
            rows,
            GL.GL_RED,
            GL.GL_FLOAT,
            np.ascontiguousarray(values, np.float32),
        )


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
        for name, value in (
            (GL.GL_TEXTURE_MIN_FILTER, self._sampling),
            (GL.GL_TEXTURE_MAG_FILTER, self._sampling),
            (GL.GL_TEXTURE_WRAP_S, GL.GL_CLAMP_TO_EDGE),
            (GL.GL_TEXTURE_WRAP_T, GL.GL_CLAMP_TO_EDGE),
        ):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, value)
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


def _bind(texture: int, unit: int) -> None:
    GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
    GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
    GL.glActiveTexture(GL.GL_TEXTURE0)
