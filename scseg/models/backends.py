"""The library under Keras: chosen by the user, or the first that is installed.

The choice is kept in the environment, because worker processes, where alone Keras is, get that from whoever
starts them.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from typing import Literal, get_args

from scseg.base import machine
from scseg.base.errors import ScsegError

Backend = Literal["tensorflow", "torch", "jax"]
BackendChoice = Literal["auto", "tensorflow", "torch", "jax"]
CHOICES: tuple[BackendChoice, ...] = get_args(BackendChoice)
BACKENDS: tuple[Backend, ...] = get_args(Backend)
"""The order in which `auto` takes them."""

VARIABLE = "SCSEG_BACKEND"
"""The user's, in a shell; the command line's option takes its place."""
PREFERENCE = "SCSEG_BACKEND_PREFERENCE"
"""The window's setting, which counts where nothing is said in `VARIABLE`."""

HOW_TO_INSTALL = {
    "keras": "pip install keras",
    "tensorflow": "pip install tensorflow",
    "torch": 'pip install "scseg[torch]"',
    "jax": 'pip install "scseg[jax]"',
}


def use(choice: BackendChoice) -> None:
    """Let this process and those that it starts from now on use a backend, whatever the shell says.

    Raises:
        ScsegError: it is not installed.
    """
    _check_installed(choice)
    os.environ[VARIABLE] = choice


def prefer(choice: BackendChoice) -> None:
    """Let processes that are started from now on use a backend, unless the shell says another."""
    if choice == "auto":
        os.environ.pop(PREFERENCE, None)
    else:
        os.environ[PREFERENCE] = choice


def told() -> str:
    """Return what is said in the environment (or by an option), whatever it is; else nothing."""
    return os.environ.get(VARIABLE, "")


def resolved() -> Backend:
    """Return the backend of processes that are started now.

    Raises:
        ScsegError: the chosen one is none, or is not installed; or none is.
    """
    choice = _choice()
    _check_installed(choice)
    if choice != "auto":
        return choice
    return next(backend for backend in BACKENDS if is_installed(backend))


def can_be_chosen(choice: BackendChoice) -> bool:
    """Tell whether a backend is installed."""
    return choice == "auto" or is_installed(choice)


def check_can_predict() -> None:
    """See to it that there is anything to predict with: OpenVINO, or Keras with a backend.

    Raises:
        ScsegError: there is not, or what was chosen does not exist.
    """
    _choice()
    if not is_installed("openvino"):
        resolved()


def may_have_card() -> bool:
    """Tell whether there may be a graphics card that the backend can use, without importing it."""
    try:
        backend = resolved()
    except ScsegError:  # there is none to use it
        return False
    return machine.has_graphics_driver() or (backend == "torch" and not machine.is_linux())


@cache
def is_installed(package: str) -> bool:
    """Tell whether a package can be imported, without importing it."""
    return find_spec(package) is not None


def _choice() -> BackendChoice:
    choice = told() or os.environ.get(PREFERENCE, "auto")
    if choice not in CHOICES:
        raise ScsegError(
            f"{VARIABLE} is {choice!r}, and that is no library for networks: set it to one of "
            f"{', '.join(CHOICES)}."
        )
    return choice


def _check_installed(choice: BackendChoice) -> None:
    if not is_installed("keras"):
        raise ScsegError(f"This needs Keras, which is not installed: {HOW_TO_INSTALL['keras']}.")
    if choice == "auto":
        if not any(map(is_installed, BACKENDS)):
            ways = " or ".join(HOW_TO_INSTALL[backend] for backend in BACKENDS[:2])
            raise ScsegError(
                "To train, or to use a graphics card, a library for networks is needed, and none is "
                f"installed: {ways}. Looking, drawing and predicting with OpenVINO need none."
            )
    elif not can_be_chosen(choice):
        raise ScsegError(
            f"{choice} is chosen for networks and is not installed: {HOW_TO_INSTALL[choice]}, or choose "
            f"another with --backend, {VARIABLE} or in the menu Settings."
        )
