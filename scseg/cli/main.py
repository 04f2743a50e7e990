"""Which command is meant, and what happens when it fails."""

from __future__ import annotations

import argparse
import contextlib
import importlib
from typing import TYPE_CHECKING

from scseg import __version__
from scseg.base.errors import CancelledError, ScsegError
from scseg.base.missing_packages import missing_package
from scseg.cli import window
from scseg.cli.arguments import Parser
from scseg.cli.console import Console

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = ("demo", "extract", "train", "check", "segment", "label", "pick", "measure", "info")
"""Modules of this package; what a command does not need is not imported, for the window's sake above all."""

_INTERRUPTED = 130

_DESCRIPTION = """\
Segment cryo-electron tomograms: annotate a little, train small networks, watch them work, export.

Without a command, the window opens with the tomograms that are named.
"""
_EXAMPLES = """\
examples:
  scseg tomogram.mrc                      open a tomogram in the window
  scseg demo                              do the whole job once, on a simulated tomogram
  scseg train 13.92_64_Membrane.scnt -o models
  scseg segment tomogram.mrc --model models/13.92_64_0.0261_Membrane.scnm -o results
  scseg pick results/tomogram__Ribosome.mrc -o ribosomes.star

Each command tells more with --help.
"""


def run(arguments: Sequence[str]) -> int:
    """Run a command and return the exit code: 0 only if all of it was done."""
    parsed = _parsed(list(arguments))
    console = Console(verbose=parsed.verbose)
    # The window has its own ways to end.
    window_wanted = parsed.run is window.run
    with contextlib.nullcontext() if window_wanted else console.interruptible():
        return _ran(parsed, console)


def _ran(parsed: argparse.Namespace, console: Console) -> int:
    try:
        code: int = parsed.run(parsed, console)
    except ScsegError as error:
        console.complain(f"{error}")
        if console.verbose:
            console.show_traceback()
        return 1
    except ModuleNotFoundError as error:
        missing = missing_package(error)
        if not missing:
            raise
        console.complain(f"{missing[0].upper()}{missing[1:]}.")
        return 1
    except (CancelledError, KeyboardInterrupt):
        console.complain("Stopped; nothing unfinished was written.")
        return _INTERRUPTED
    return code


def _parsed(arguments: list[str]) -> argparse.Namespace:
    common = Parser(add_help=False)
    # No default here: that of a command would undo what stands before it, `scseg --verbose info`.
    common.add_argument(
        "--verbose",
        action="store_true",
        default=argparse.SUPPRESS,
        help="show where errors come from",
    )
    parser = Parser(
        prog="scseg",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"scseg {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    first = next((argument for argument in arguments if argument != "--verbose"), "")
    unset = argparse.Namespace(verbose=False)
    if first not in (*_COMMANDS, "-h", "--help", "--version"):
        return window.parse(arguments, common, unset)
    for name in _COMMANDS if first not in _COMMANDS else (first,):
        importlib.import_module(f"scseg.cli.{name}").add_to(commands, common)
    return parser.parse_args(arguments, unset)
