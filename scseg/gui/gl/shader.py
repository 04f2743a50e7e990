"""Compiled shader programs, their constants and their uniforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from OpenGL import GL

from scseg.base.resources import resource_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Constant = bool | int
    Uniform = bool | int | float | tuple[float, ...] | NDArray[np.float32]

VERSION = "#version 330 core\n"


class Shader:
    """A program for each choice of constants, made when it is first used. Needs a current context.

    `fragment` names the files in res/shaders that, one after the other, are the fragment shader. What is
    the same for all of a picture is a constant: software OpenGL takes both ways at a branch for every pixel.
    The files are read here, and never again.
    """

    def __init__(self, *fragment: str) -> None:
        self._name = " + ".join(fragment)
        self._vertex = _text("slice.vert")
        self._fragment = "".join(map(_text, fragment))
        self._programs: dict[tuple[tuple[str, Constant], ...], _Program] = {}

    def use(
        self, uniforms: Mapping[str, Uniform], constants: Mapping[str, Constant] | None = None
    ) -> None:
        """Make this the current program with these uniforms; those it does not know are left out."""
        chosen = tuple((constants or {}).items())
        program = self._programs.get(chosen)
        if program is None:
            program = self._programs[chosen] = self._made(chosen)
        program.use(uniforms)

    def delete(self) -> None:
        for program in self._programs.values():
            program.delete()
        self._programs.clear()

    def _made(self, constants: Iterable[tuple[str, Constant]]) -> _Program:
        defined = "".join(f"#define {name} {_written(value)}\n" for name, value in constants)
        return _Program(self._name, self._vertex, defined + self._fragment)


class _Program:
    def __init__(self, name: str, vertex: str, fragment: str) -> None:
        self._handle = GL.glCreateProgram()
        self._places: dict[str, int] = {}
        stages = (
            _compiled(name, vertex, GL.GL_VERTEX_SHADER),
            _compiled(name, fragment, GL.GL_FRAGMENT_SHADER),
        )
        for stage in stages:
            GL.glAttachShader(self._handle, stage)
        GL.glLinkProgram(self._handle)
        for stage in stages:
            GL.glDeleteShader(stage)
        if not GL.glGetProgramiv(self._handle, GL.GL_LINK_STATUS):
            raise RuntimeError(f"{name}: {GL.glGetProgramInfoLog(self._handle)!r}")

    def use(self, uniforms: Mapping[str, Uniform]) -> None:
        GL.glUseProgram(self._handle)
        for name, value in uniforms.items():
            _set(self._place(name), value)

    def delete(self) -> None:
        GL.glDeleteProgram(self._handle)

    def _place(self, name: str) -> int:
        if name not in self._places:
            self._places[name] = GL.glGetUniformLocation(self._handle, name)
        return self._places[name]


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


def _written(constant: Constant) -> str:
    return str(constant).lower()


def _text(name: str) -> str:
    return resource_path(f"shaders/{name}").read_text(encoding="utf-8")


def _compiled(name: str, text: str, kind: int) -> int:
    shader: int = GL.glCreateShader(kind)
    GL.glShaderSource(shader, [VERSION, text])
    GL.glCompileShader(shader)
    if not GL.glGetShaderiv(shader, GL.GL_COMPILE_STATUS):
        raise RuntimeError(f"{name}: {GL.glGetShaderInfoLog(shader)!r}")
    return shader
