"""What the user is told: notices, and jobs while they run."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal

from scseg.base.formatting import time_left
from scseg.base.printable import printable, printable_lines

Level = Literal["info", "warning", "error"]

QUIET_SECONDS = 0.3


@dataclass(eq=False)
class Notice:
    """Something the user should know. `details` is a traceback or the like, shown on request.

    `told` is when (`time.monotonic`). An info that `stays` does not go by itself. Names and texts of files
    flow into it, so it is made printable here.
    """

    level: Level
    sentence: str
    details: str = ""
    told: float = field(default_factory=time.monotonic)
    stays: bool = False

    def __post_init__(self) -> None:
        self.sentence, self.details = printable(self.sentence), printable_lines(self.details)

    @property
    def clock(self) -> str:
        """The time of day at which it was told."""
        ago = time.monotonic() - self.told
        return time.strftime("%H:%M:%S", time.localtime(time.time() - ago))

    @property
    def whole(self) -> str:
        """All of it as text, for a file or a developer."""
        parts = (f"{self.clock} {self.level}: {self.sentence}", self.details)
        return "\n".join(part for part in parts if part)


@dataclass(eq=False)
class Job:
    """Long work as the user sees it. The thread that does it reads `cancelled` and writes the rest.

    Work that is done in `quiet` seconds is not shown: its bar would only flicker. One that `keeps` writes
    what the user wants to keep: the program does not end before it, unless it is cancelled. One that
    `goes_on` at the next start is `suspended` when the program ends.
    """

    title: str
    quiet: float = QUIET_SECONDS
    keeps: bool = False
    goes_on: bool = False
    fraction: float = 0.0
    text: str = ""
    started: float = field(default_factory=time.monotonic)
    cancelled: bool = False
    suspended: bool = False

    def seconds_left(self, now: float) -> float | None:
        """Return the time left if the rest goes as the work did so far; None while nobody can tell."""
        if self.fraction < 0.01 or now - self.started < 0.5:
            return None
        return (now - self.started) * (1.0 - self.fraction) / self.fraction

    def progress(self, now: float) -> str:
        """Return what it is doing, and how long that will take."""
        left = self.seconds_left(now)
        doing = "cancelling" if self.cancelled else self.text
        return f"{doing}   {time_left(left)}" if left is not None else doing


class JobEnd(Enum):
    """How a job has ended."""

    DONE = auto()
    FAILED = auto()
    CANCELLED = auto()
