"""Compiled shader programs and their uniforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from OpenGL import GL

from scseg.resources import resource_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Uniform = bool | int | float | tuple[float, ...] | NDArray[np.float32]


class Shader:
    """A program made of res/shaders/slice.vert and a fragment shader. Needs a current context."""

    def __init__(self, fragment: str) -> None:
        self._program = GL.glCreateProgram()
        self._places: dict[str, int] = {}
        stages = (
            _compiled("slice.vert", GL.GL_VERTEX_SHADER),
            _compiled(fragment, GL.GL_FRAGMENT_SHADER),
        )
        for stage in stages:
            GL.glAttachShader(self._program, stage)
        GL.glLinkProgram(self._program)
        for stage in stages:
            GL.glDeleteShader(stage)
        if not GL.glGetProgramiv(self._program, GL.GL_LINK_STATUS):
            raise RuntimeError(f"{fragment}: {GL.glGetProgramInfoLog(self._program)!r}")

    def use(self, uniforms: dict[str, Uniform]) -> None:
        """Make this the current program with these uniforms; those it does not know are left out."""
        GL.glUseProgram(self._program)
        for name, value in uniforms.items():
            self._set(self._place(name), value)

    def delete(self) -> None:
        GL.glDeleteProgram(self._program)

    def _place(self, name: str) -> int:
        if name not in self._places:
            self._places[name] = GL.glGetUniformLocation(self._program, name)
        return self._places[name]

    @staticmethod
    def _set(place: int, value: Uniform) -> None:
        match value:
            case bool() | int():
                GL.glUniform1i(place, int(value))
            case float():
                GL.glUniform1f(place, value)
            case (x, y):
                GL.glUniform2f(place, x, y)
            case (x, y, z):
                GL.glUniform3f(place, x, y, z)
            case np.ndarray(shape=(length, 2)):
                GL.glUniform2fv(place, length, value)
            case _:
                raise ValueError(f"no uniform holds {value!r}")


def _compiled(name: str, kind: int) -> int:
    shader: int = GL.glCreateShader(kind)
    GL.glShaderSource(shader, resource_path(f"shaders/{name}").read_text(encoding="utf-8"))
    GL.glCompileShader(shader)
    if not GL.glGetShaderiv(shader, GL.GL_COMPILE_STATUS):
        raise RuntimeError(f"{name}: {GL.glGetShaderInfoLog(shader)!r}")
    return shader
