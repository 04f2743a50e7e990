"""A float texture of one slice, and the picture that the slice is drawn into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from OpenGL import GL

if TYPE_CHECKING:
    from numpy.typing import NDArray


class FloatTexture:
    """A 32-bit float texture; its texels are voxels, so grey values reach the shader as they are."""

    def __init__(self) -> None:
        self.handle: int = GL.glGenTextures(1)
        self._shape = (0, 0)

    def put(self, values: NDArray[np.float32]) -> None:
        """Upload a whole slice, float32 (y, x)."""
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.handle)
        if values.shape == self._shape:
            self._write(0, values)
            return
        self._shape = values.shape
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
        GL.glActiveTexture(GL.GL_TEXTURE0 + unit)
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.handle)
        GL.glActiveTexture(GL.GL_TEXTURE0)

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
    """A picture to draw into (a frame buffer with one RGBA texture), of a size that may change."""

    def __init__(self) -> None:
        self.texture: int = GL.glGenTextures(1)
        self.size = (0, 0)
        self._buffer: int = GL.glGenFramebuffers(1)

    def begin(self, width: int, height: int) -> None:
        """Direct drawing into the picture, made as large as this, until `end`."""
        if self.size != (width, height):
            self._resize(width, height)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._buffer)
        GL.glViewport(0, 0, width, height)

    def end(self) -> None:
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, 0)

    def pixels(self) -> NDArray[np.uint8]:
        """Return the picture, (y, x, RGBA), row 0 at the bottom. Slow: it waits for the drawing."""
        width, height = self.size
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._buffer)
        data = GL.glReadPixels(0, 0, width, height, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, 0)
        return np.frombuffer(data, np.uint8).reshape(height, width, 4)

    def delete(self) -> None:
        GL.glDeleteFramebuffers(1, [self._buffer])
        GL.glDeleteTextures([self.texture])

    def _resize(self, width: int, height: int) -> None:
        self.size = (width, height)
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.texture)
        for name in (GL.GL_TEXTURE_MIN_FILTER, GL.GL_TEXTURE_MAG_FILTER):
            GL.glTexParameteri(GL.GL_TEXTURE_2D, name, GL.GL_NEAREST)
        GL.glTexImage2D(
            GL.GL_TEXTURE_2D,
            0,
            GL.GL_RGBA8,
            width,
            height,
            0,
            GL.GL_RGBA,
            GL.GL_UNSIGNED_BYTE,
            None,
        )
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._buffer)
        GL.glFramebufferTexture2D(
            GL.GL_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0, GL.GL_TEXTURE_2D, self.texture, 0
        )
