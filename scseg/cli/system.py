"""`scseg info --system`: this installation and this computer, for reports of bugs."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from scseg import __version__
from scseg.base import folders, machine
from scseg.base.errors import ScsegError
from scseg.compute.system import ask_system
from scseg.compute.system_messages import SystemRequest, SystemTold
from scseg.models import backends
from scseg.models.starters.ready import USUAL_APIX, ready_features, write_ready
from scseg.persistence import settings

if TYPE_CHECKING:
    from collections.abc import Callable

_PACKAGES = (
    *("keras", "tensorflow", "torch", "jax", "openvino", "imgui-bundle", "glfw", "PyOpenGL"),
    *("numpy", "scipy", "h5py", "opencv-python-headless", "mrcfile", "tifffile", "dask"),
)
_FEATURES = ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
_VARIABLES = (
    *(backends.VARIABLE, "SCSEG_HOME", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"),
    *("LIBGL_ALWAYS_SOFTWARE", "MESA_GL_VERSION_OVERRIDE", "WAYLAND_DISPLAY", "DISPLAY"),
)
"""Others may hold what is nobody's business."""


def describe() -> dict[str, Any]:
    """Return all of it, as plain values in which the user's home is `~`."""
    can = machine.processor_features()
    facts: dict[str, Any] = {
        "scseg": __version__,
        "python": sys.version.split()[0],
        "system": machine.system(),
        "processor": machine.processor(),
        "cores": os.cpu_count(),
        "processor_features": [each for each in _FEATURES if each in can],
        **{package: _version(package) for package in _PACKAGES},
        "backend": _or_why_not(backends.resolved),
        "backend_in_settings": _or_why_not(lambda: settings.load(settings.settings_path()).backend),
        **_computing(),
        "opengl": _opengl(),
        "folders": _folders(),
        "environment": {name: os.environ[name] for name in _VARIABLES if name in os.environ},
    }
    return {key: _without_home(value) for key, value in facts.items()}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _computing() -> dict[str, str]:
    """Return what networks run with, and how fast a ready network is; or why that cannot be found out."""
    try:
        with TemporaryDirectory(prefix="scseg_") as folder:
            model = write_ready(ready_features()[0], USUAL_APIX, Path(folder))
            told = ask_system(SystemRequest(str(model)))
    except (OSError, ScsegError) as error:  # a disk that is full is what a report is to tell, too
        told = SystemTold.none(f"fails: {error}")
    return {
        "predicts_with": told.engine,
        "precision": told.precision,
        "speed": told.speed,
        "trains_with": told.library,
        "graphics_card": told.card,
    }


def _opengl() -> str:
    if not machine.has_display():
        return "no display"
    # Here, because it needs what only the window needs.
    from scseg.gui.gl.driver import opengl_driver  # noqa: PLC0415

    return opengl_driver()


def _folders() -> dict[str, str]:
    known: dict[str, Callable[[], Path]] = {
        "cache": folders.cache_folder,
        "data": folders.data_folder,
        "logs": folders.log_folder,
        "program": lambda: Path(__file__).parents[1],
    }
    return {name: _or_why_not(folder) for name, folder in known.items()}


def _or_why_not(tell: Callable[[], object]) -> str:
    try:
        return str(tell())
    except ScsegError as error:
        return str(error)


def _without_home(value: Any) -> Any:  # noqa: ANN401 - a plain value
    if isinstance(value, str):
        home = ""
        with contextlib.suppress(RuntimeError):  # there is none
            home = str(Path.home())
        # Not the beginning of the name of another folder.
        return re.sub(rf"{re.escape(home)}(?![\w.-])", "~", value) if len(home) > 1 else value
    if isinstance(value, list):
        return [_without_home(each) for each in value]
    if isinstance(value, dict):
        return {key: _without_home(each) for key, each in value.items()}
    return value
