"""What the commands say on the terminal: results, notices, and a bar for long work."""

from __future__ import annotations

import contextlib
import io
import signal
import sys
import traceback
from typing import TYPE_CHECKING

from rich.box import SIMPLE
from rich.console import Console as RichConsole
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from scseg.base.errors import CancelledError, SuspendedError
from scseg.base.printable import printable, printable_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import FrameType

    from scseg.base.progress import Report


class Console:
    """Results go to standard output, all else to standard error: each a line of printable text."""

    def __init__(self, *, verbose: bool) -> None:
        self.verbose = verbose
        # Standard output alone would fail on what it cannot encode, such as a name from another system.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        # File names are shown as they are: none of `:smile:`, `[bold]` or `{x}` means anything.
        self._out = RichConsole(highlight=False, soft_wrap=True, emoji=False)
        self._err = RichConsole(stderr=True, highlight=False, soft_wrap=True, emoji=False)
        self._cancels = self._wanted_end = self._told = self._ending = False
        self._suspends = False

    def say(self, text: str) -> None:
        self._out.print(printable(text), markup=False)

    def say_raw(self, text: str) -> None:
        """Print as it is, without any wrapping or styling: for other programs."""
        self._out.file.write(text + "\n")

    def notify(self, sentence: str) -> None:
        self._err.print(printable(sentence), style="yellow", markup=False)

    def remark(self, sentence: str) -> None:
        """Say what is good to know, and no result."""
        self._err.print(printable(sentence), markup=False)

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Show a table beside the results, which other programs may read."""
        table = Table(*titles, box=SIMPLE)
        for row in rows:
            table.add_row(*(Text(printable(cell), overflow="fold") for cell in row))
        self._err.print(table)

    def complain(self, sentence: str) -> None:
        self._err.print(printable(sentence), style="bold red", markup=False)

    def show_traceback(self) -> None:
        self._err.print(printable_lines(traceback.format_exc()), markup=False)

    @contextlib.contextmanager
    def bar(self, title: str) -> Iterator[Report]:
        """Yield a report that draws a bar with the time left.

        Ctrl+C cancels the job at its next report; pressed again, it ends the program at once. So does
        SIGTERM, by which batch systems tell that time is up: what can go on later is kept then.
        """
        columns = (
            TextColumn("{task.fields[title]}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
        )
        with (
            self.interruptible(),
            self._cancellable(),
            Progress(*columns, console=self._err) as progress,
        ):
            task = progress.add_task("", total=1.0, title=printable(title))

            def report(fraction: float, text: str) -> None:
                progress.update(task, completed=fraction, description=printable(text))
                self._cancel_if_wanted(title)

            yield report
            progress.update(task, completed=1.0)

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """Make Ctrl+C and SIGTERM a KeyboardInterrupt, but one alone.

        What follows on it takes two seconds at most, and leaves processes behind if it is interrupted too.
        """
        usual = {n: signal.signal(n, self._interrupt) for n in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in usual.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def _cancellable(self) -> Iterator[None]:
        """Have the first signal wait for the next report."""
        self._cancels = True
        try:
            yield
        finally:
            self._cancels = False

    def _interrupt(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as handlers are
        # Nothing is printed here: the signal may have come while something was.
        if self._cancels and not self._wanted_end:
            self._wanted_end, self._suspends = True, number == signal.SIGTERM
        elif not self._ending:
            self._ending = True
            raise KeyboardInterrupt

    def _cancel_if_wanted(self, title: str) -> None:
        if not self._wanted_end:
            return
        if not self._told:
            self._told = True
            self._err.print("Stopping. Press Ctrl+C again to end at once.", style="yellow")
        raise SuspendedError(title) if self._suspends else CancelledError(title)
