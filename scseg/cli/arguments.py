"""Kinds of values that several commands take."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from scseg.base.printable import printable
from scseg.export.settings import TomogramWord
from scseg.models import backends

if TYPE_CHECKING:
    from collections.abc import Callable

Commands = argparse._SubParsersAction


class Parser(argparse.ArgumentParser):
    """Complains in printable words: a shell may have put any names of files for a `*`."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def add_command(
    commands: Commands[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    name: str,
    texts: tuple[str, str],
) -> argparse.ArgumentParser:
    """Add a command; `texts` are what it does, in a sentence, and its examples."""
    summary, examples = texts
    return commands.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=f"examples:\n{examples}",
        parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def number(low: float, high: float) -> Callable[[str], float]:
    """Return a type for numbers from `low` to `high`."""

    def parse(text: str) -> float:
        value = float(text)
        if not (math.isfinite(value) and low <= value <= high):
            raise argparse.ArgumentTypeError(f"{text} must lie from {low:g} to {high:g}")
        return value

    parse.__name__ = "number"  # what argparse calls it when there is none
    return parse


def any_number(text: str) -> float:
    """Parse a number that is finite."""
    value = float(text)
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text} is no number")
    return value


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Return a type for whole numbers from `low` to `high`."""

    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} must lie from {low} to {high}")
        return value

    parse.__name__ = "whole number"
    return parse


def table(text: str) -> Path:
    """Return the path of a table; a name of another kind might be that of what is read."""
    path = Path(text)
    if path.suffix.lower() != ".csv":
        raise argparse.ArgumentTypeError(f"{text}: the name must end in .csv")
    return path


apix = number(0.01, 10_000)
"""A pixel size in A."""


def add_tomogram_options(add: Callable[..., object]) -> None:
    """Add what the user may know better than a tomogram's header."""
    add("--tomogram-apix", type=apix, help="A per pixel of the tomogram, over its header")
    add(
        "--tomogram-apix-z",
        type=apix,
        help="A from one slice of the tomogram to the next, over its header",
    )
    add(
        "--tomogram-bytes",
        choices=("signed", "unsigned"),
        help="how values of one byte are meant, over what the header tells",
    )


def add_backend_option(add: Callable[..., object]) -> None:
    add(
        "--backend",
        choices=backends.CHOICES,
        help="library that trains networks, and predicts on graphics cards; auto: the first of the others "
        f"that is installed (what {backends.VARIABLE} says, else auto)",
    )


def use_backend(arguments: argparse.Namespace) -> None:
    """Let the processes of a command use the backend that is asked for, if any is.

    Raises:
        ScsegError: it is not installed.
    """
    if arguments.backend is not None:
        backends.use(arguments.backend)


def signed(arguments: argparse.Namespace) -> bool | None:
    """Return the user's word on bytes; None leaves it to the file."""
    word: str | None = arguments.tomogram_bytes
    return None if word is None else word == "signed"


def tomogram_word(arguments: argparse.Namespace) -> TomogramWord:
    """Return what the user knows better than the headers of tomograms."""
    return TomogramWord(arguments.tomogram_apix, arguments.tomogram_apix_z, signed(arguments))
