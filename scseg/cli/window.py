"""`scseg [TOMOGRAM…]`: the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base import machine
from scseg.base.errors import ScsegError
from scseg.cli.arguments import Parser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from scseg.cli.console import Console
    from scseg.runtime.models.predictor import Client

REMEDY = "run it on a desktop or through a remote one, or use scseg demo, train and segment without a window."


def parse(
    arguments: Sequence[str], common: argparse.ArgumentParser, unset: argparse.Namespace
) -> argparse.Namespace:
    parser = Parser(
        prog="scseg",
        description="Open the window. `scseg --help` lists the commands.",
        parents=[common],
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="TOMOGRAM")
    parser.set_defaults(run=run)
    return parser.parse_args(arguments, unset)


def run(arguments: argparse.Namespace, console: Console) -> int:
    return open_window(arguments.files, console.complain)


def open_window(paths: Sequence[Path], tell: Callable[[str], None]) -> int:
    """Open the window with these tomograms and models; return the exit code when it is closed.

    `tell` gets what went wrong at its end, in sentences.

    Raises:
        ScsegError: there is no display, or it has no OpenGL 3.3.
    """
    check_display()
    machine.raise_handle_limit()
    # Here, because no other command needs a display or may depend on ImGui.
    from scseg.gui.window import Window  # noqa: PLC0415

    window = Window(tuple(paths), start_client)
    if paths:
        window.tell_unsaved()
    else:
        window.restore()
    try:
        window.run()
    except RuntimeError as error:
        if window.is_open:
            raise
        raise ScsegError(
            f"The window cannot be opened, because the display does not answer or lacks OpenGL 3.3; {REMEDY}"
        ) from error
    finally:
        for sentence in window.last_words:
            tell(sentence)
    return 1 if window.last_words else 0


def start_client(wake: Callable[[], None]) -> Client:
    """Start the process that predicts."""
    from scseg.compute.prediction_client import PredictionClient  # noqa: PLC0415 - only with the first model

    return PredictionClient(wake)


def check_display() -> None:
    """Find out whether there can be a window at all, before the libraries for it are loaded.

    Raises:
        ScsegError: there cannot.
    """
    if not machine.has_display():
        raise ScsegError(f"The window needs a display, and DISPLAY is not set; {REMEDY}")
