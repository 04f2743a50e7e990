"""Workflows in progress: what each asks for is begun, and it goes on when the answer is there."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, assert_never

from scseg.state.notices import Job, JobEnd
from scseg.state.requests import FilesToOpen, FileToWrite, FolderToWrite, Work

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.runtime.jobs import Jobs
    from scseg.state.requests import Kind, Question, Workflow


class FileQuestions(Protocol):
    """Asks the user for files. `then` is called once, on the main thread: with none if the user cancels."""

    def ask(
        self, kind: Kind, then: Callable[[tuple[Path, ...]], None], title: str = ""
    ) -> None: ...
    def ask_save(self, title: str, proposed: Path, then: Callable[[Path | None], None]) -> None: ...
    def ask_folder(
        self, title: str, proposed: Path, then: Callable[[Path | None], None]
    ) -> None: ...


class Workflows:
    """Owns every workflow that waits for an answer; all on the main thread.

    One that gets none is closed where it waits. What a workflow raises goes to whoever brings the answer.
    """

    def __init__(self, jobs: Jobs, questions: FileQuestions) -> None:
        self._jobs = jobs
        self._questions = questions
        self._waiting: list[Workflow] = []

    def start(self, workflow: Workflow) -> None:
        self._go_on(workflow, None)

    def close(self) -> None:
        """Close all that still wait, each whatever becomes of the others."""
        with ExitStack() as exits:
            for workflow in self._waiting:
                exits.callback(self._give_up, workflow)

    def _go_on(self, workflow: Workflow, answer: object) -> None:
        """Give a workflow its answer, and begin what it asks for next."""
        try:
            asked = workflow.send(answer)
        except StopIteration:
            return
        # Before it is asked for: the answer may come at once.
        self._waiting.append(workflow)
        try:
            self._begin(workflow, asked)
        except Exception:
            self._give_up(workflow)
            raise

    def _begin(self, workflow: Workflow, asked: Question | Work[Any]) -> None:
        match asked:
            case FilesToOpen(kind=kind, title=title):
                self._questions.ask(kind, partial(self._choose, workflow), title)
            case FileToWrite(title=title, proposed=proposed):
                self._questions.ask_save(title, proposed, partial(self._choose, workflow))
            case FolderToWrite(title=title, proposed=proposed):
                self._questions.ask_folder(title, proposed, partial(self._choose, workflow))
            case Work(title=title, run=run, keeps=keeps):
                done, ended = partial(self._answer, workflow), partial(self._end, workflow)
                self._jobs.start(Job(title, keeps=keeps), run, done, ended)
            case _:
                assert_never(asked)

    def _choose(self, workflow: Workflow, chosen: tuple[Path, ...] | Path | None) -> None:
        if chosen:
            self._answer(workflow, chosen)
        else:
            self._give_up(workflow)

    def _end(self, workflow: Workflow, end: JobEnd) -> None:
        if end is not JobEnd.DONE:
            self._give_up(workflow)

    def _answer(self, workflow: Workflow, answer: object) -> None:
        # An answer to one that was closed comes too late.
        if workflow in self._waiting:
            self._waiting.remove(workflow)
            self._go_on(workflow, answer)

    def _give_up(self, workflow: Workflow) -> None:
        if workflow in self._waiting:
            self._waiting.remove(workflow)
            workflow.close()
