"""What PyOpenGL loads when it is first needed is loaded at the start: later, no file may be left to open."""

from __future__ import annotations

from importlib import import_module

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


def load_all() -> None:
    for kind in _KINDS_OF_ARRAYS:
        import_module(f"OpenGL.arrays.{kind}")
