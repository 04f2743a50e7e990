"""`scseg [TOMOGRAM…]`: the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.cli.arguments import Parser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from scseg.cli.console import Console


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
    # Here, because no other command needs a display or may depend on ImGui.
    from scseg.gui.app import run as open_window  # noqa: PLC0415

    return open_window(arguments.files, console.complain)
