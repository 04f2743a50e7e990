"""What an action wants done outside of the session: a dialog, a file to open, long work in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.annotations.edits import Step
    from scseg.base.progress import Report
    from scseg.state.notices import End
    from scseg.state.tomograms import Absent, OpenTomogram

Kind = Literal["tomogram", "model", "training set"]
Result = TypeVar("Result")


@dataclass(frozen=True)
class ChooseFiles:
    """Ask the user for files of a kind, then open them."""

    kind: Kind


@dataclass(frozen=True, eq=False)
class ChooseFile:
    """Ask the user for one file of a kind, then do something with it; `title` says what for."""

    kind: Kind
    then: Callable[[Path], None]
    title: str = ""


@dataclass(frozen=True)
class OpenPaths:
    """Open files by what they are. `signed` is the user's word on bytes, None leaves it to the file."""

    paths: tuple[Path, ...]
    signed: bool | None = None


@dataclass(frozen=True)
class ChooseMoved:
    """Ask the user where the file of a tomogram is now, then open that in its place."""

    row: OpenTomogram | Absent
    title: str = ""


@dataclass(frozen=True)
class RestartPrediction:
    """Start the prediction process anew, after it was given up or hangs."""


@dataclass(frozen=True, eq=False)
class ChangeInThread:
    """Find out a change to an annotation by long work, then make it."""

    opened: OpenTomogram
    title: str
    work: Callable[[Report], Step | None]


@dataclass(frozen=True, eq=False)
class WriteInThread:
    """Write a file by long work, then tell the user where it is."""

    path: Path
    work: Callable[[Report], None]


def whatever(_: End) -> None:
    """Nothing depends on how a job has ended."""


@dataclass(frozen=True, eq=False)
class DoInThread(Generic[Result]):
    """Do long work, then something with what it returned.

    With `keeps` it writes what the user wants to keep. `ended` is told in any case how it has ended.
    """

    title: str
    work: Callable[[Report], Result]
    then: Callable[[Result], None]
    keeps: bool = False
    ended: Callable[[End], None] = whatever


@dataclass(frozen=True, eq=False)
class ChooseTarget:
    """Ask the user where to write a file, under the name and with the suffix `proposed`, then do that."""

    title: str
    proposed: Path
    then: Callable[[Path], None]


@dataclass(frozen=True)
class Quit:
    """Close the window."""


Effect = (
    ChangeInThread
    | ChooseFile
    | DoInThread[Any]
    | WriteInThread
    | ChooseTarget
    | ChooseFiles
    | OpenPaths
    | ChooseMoved
    | RestartPrediction
    | Quit
)
