"""What an action wants done outside of the session: the user asked, work in a thread, the program told.

What needs an answer is a workflow: a generator that yields questions and work, and goes on with each answer.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.base.progress import Report

Kind = Literal["tomogram", "model", "training set", "positions"]
Result = TypeVar("Result")

# Questions


@dataclass(frozen=True)
class FilesToOpen:
    """Which files of a kind? The answer is a tuple of one or more paths.

    `title` says what for, where it is not just to open them.
    """

    kind: Kind
    title: str = ""


@dataclass(frozen=True)
class FileToWrite:
    """Where to write a file? The answer is a path with the suffix of `proposed`."""

    title: str
    proposed: Path


@dataclass(frozen=True)
class FolderToWrite:
    """Into which folder? The answer is a path; `proposed` need not be there."""

    title: str
    proposed: Path


Question = FilesToOpen | FileToWrite | FolderToWrite

# Work


@dataclass(frozen=True, eq=False)
class Work(Generic[Result]):
    """Long work for a thread. The answer is what `run` returns; `keeps` is that of the job (`Job`)."""

    title: str
    run: Callable[[Report], Result]
    keeps: bool = False


# Messages to the program


@dataclass(frozen=True)
class OpenPaths:
    """Open files by what they are. `signed` is the user's word on bytes, None leaves it to the file."""

    paths: tuple[Path, ...]
    signed: bool | None = None


@dataclass(frozen=True)
class RestartPrediction:
    """Start the prediction process anew, after it was given up or hangs."""


@dataclass(frozen=True)
class Quit:
    """Close the window."""


Message = OpenPaths | RestartPrediction | Quit

Workflow = Generator[Question | Work[Any], Any, None]
"""It is closed where it waits, so that its `finally` is done, when there is no answer: the user cancels the
question or the work, the work fails (which the user is told), or the program ends."""

Request = Message | Workflow
