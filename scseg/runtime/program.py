"""The program without its window: the session, all that works for it, and what one step does, in order."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar, assert_never

from scseg.actions import restoring
from scseg.actions.models import interactions
from scseg.actions.tomograms import closing
from scseg.actions.training import live_sets
from scseg.models import backends
from scseg.runtime.exports.estimates import ExportEstimates
from scseg.runtime.exports.export_queue import ExportQueue
from scseg.runtime.faults import reported
from scseg.runtime.inbox import Inbox
from scseg.runtime.jobs import Jobs
from scseg.runtime.models.predictor import Predictor
from scseg.runtime.models.rules import RuleEvaluator
from scseg.runtime.models.trainer import Trainer, start_training
from scseg.runtime.opening import Opener
from scseg.runtime.queue import OpeningQueue
from scseg.runtime.saving.autosave import AutoSaver
from scseg.runtime.saving.restoring import SessionRestorer
from scseg.runtime.saving.session_file import SessionFile
from scseg.runtime.saving.user_files import autosaved_files
from scseg.runtime.slice_view import SliceView
from scseg.runtime.tomograms.annotations import AnnotationFiles
from scseg.runtime.tomograms.file_watch import FileWatch
from scseg.runtime.tomograms.slice_reader import SliceReader, measured_slice
from scseg.runtime.volume_view import VolumeView
from scseg.runtime.workflows import Workflows
from scseg.state.requests import OpenPaths, Quit, RestartPrediction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.runtime.models.predictor import Client
    from scseg.runtime.workflows import FileQuestions
    from scseg.state.notices import Job, Notice
    from scseg.state.requests import Request
    from scseg.state.session import Session


class Closable(Protocol):
    """A part of the program that has an end."""

    def close(self) -> object: ...


Part = TypeVar("Part", bound=Closable)


class Program:
    """`step` belongs before a frame, `close` after the last, whatever happened. It runs without a window.

    `wake` makes the next step come soon and may be called from any thread. Whatever is made here that has an
    end is ended by `close`, in the reverse order of its making.
    """

    def __init__(
        self,
        session: Session,
        wake: Callable[[], None],
        start_client: Callable[[], Client],
        questions: FileQuestions,
    ) -> None:
        self.session = session
        backends.prefer(session.settings.backend)
        self.inbox = Inbox(wake)
        with ExitStack() as exits:
            # If the making of one part fails, those made before are ended.
            self._exits, ending = exits, self._ending
            self.slices = ending(
                SliceReader(self.inbox, measured_slice), "Closing what reads slices"
            )
            volumes = ending(VolumeView(session, self.inbox), "Closing what reads volumes")
            self._watch = ending(FileWatch(self.inbox), "Closing what looks for files")
            self.predictor = ending(Predictor(session, start_client), "Closing the predictions")
            self._rules = ending(
                RuleEvaluator(session, self.predictor, self.inbox), "Closing what applies rules"
            )
            self.jobs = Jobs(session, self.inbox)
            self.annotations = ending(
                AnnotationFiles(session, self.jobs, wake), "Closing the annotations"
            )
            self._session_file = ending(
                SessionFile(session, self.inbox), "Writing down the session"
            )
            self._auto_savers = tuple(
                ending(AutoSaver(file, session, self.inbox), f"Writing {file.what}")
                for file in autosaved_files(session)
            )
            self.trainer = ending(
                Trainer(session, partial(start_training, wake), self._is_settled),
                "Ending the training",
            )
            self._workflows = ending(Workflows(self.jobs, questions), "Ending what was asked for")
            self._exports = ending(
                ExportQueue(session, self.jobs, self.inbox), "Keeping the exports"
            )
            self._estimates = ending(
                ExportEstimates(session, self.inbox, self.predictor.rates), "Ending estimates"
            )
            # After all those who take what jobs bring, so that they end before them.
            ending(self.jobs, "Ending jobs")
            self._slice_view = SliceView(session, self.slices, self._rules, volumes)
            self.on_screen = self._slice_view.on_screen
            self._quits = False
            self._queue = OpeningQueue(self.jobs)
            self._opener = Opener(session, self._queue)
            self._exits = exits.pop_all()

    def open(self, paths: tuple[Path, ...]) -> None:
        self.session.requests.append(OpenPaths(paths))

    def restore(self) -> None:
        """Bring the last session back; until all of it is there, its file stays as it is."""
        keeper = self._session_file
        keeper.hold()
        SessionRestorer(self.session, self._queue, keeper.last(), keeper.go_on).start()

    def tell_unsaved(self) -> None:
        """Tell of models of the last session that would be forgotten, now that it is not brought back."""
        restoring.tell_unsaved(self.session, self._session_file.left_behind())

    @property
    def quits(self) -> bool:
        """Whether the window is to be closed: it waits for files that are still being written."""
        return self._quits and not self._writing and not self.session.requests

    def quit(self) -> None:
        """Close the window, as soon as all that the user wants to keep is written."""
        self._quits = True
        for job in self._writing:
            self.session.notify(
                "info", f"The window closes after this, or if you cancel it: {job.title}."
            )

    def step(self) -> None:
        """Take in what threads and workers have done, and do what is to be done then.

        A fault in one step leaves the others: who cannot train can still draw, and what is drawn is saved.
        """
        self._take_in()
        for what, part in self._steps:
            with reported(self.session, what):
                part()

    @property
    def _steps(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """What is done in each step, in this order."""
        return (
            ("Looking for the files of tomograms", self._see_what_vanished),
            ("Doing what was asked for", self._do_requests),
            ("Opening files", self._queue.update),
            ("Keeping the annotations", self.annotations.update),
            ("Writing what is learnt live", partial(live_sets.keep_written, self.session)),
            ("Attending to the training", self.trainer.update),
            ("Reading slices", self._slice_view.read),
            ("Attending to the predictions", self.predictor.update),
            ("Bringing together what is to be seen", self._slice_view.collect),
            ("Attending to the exports", self._exports.update),
            ("Estimating the export", self._estimates.update),
            ("Writing down the session", self._session_file.update),
            *((f"Writing {each.what}", each.update) for each in self._auto_savers),
        )

    def close(self, *first: Callable[[], None]) -> tuple[Notice, ...]:
        """End threads and processes and save what is not saved yet; return what was told meanwhile.

        `first` lets whoever shows the program hand over what is being typed there. Each part is closed
        whatever becomes of the others. Closing again does nothing.
        """
        before = set(map(id, self.session.messages))
        keeping: tuple[Callable[[], None], ...] = (
            *first,
            *(partial(closing.finish_edits, self.session, each) for each in self.session.tomograms),
            partial(interactions.commit, self.session),
            self._queue.close,
        )
        for keep in keeping:
            with reported(self.session, "Keeping what is being done"):
                keep()
        self._exits.close()
        return tuple(each for each in self.session.messages if id(each) not in before)

    def _ending(self, part: Part, what: str) -> Part:
        """Have a part closed at the end, and what its threads have still left taken in; return it."""

        def end() -> None:
            with reported(self.session, what):
                part.close()
            self._take_in()

        self._exits.callback(end)
        return part

    def _take_in(self) -> None:
        """Do what threads have left to be done on the main thread."""
        for what, call in self.inbox.taken():
            with reported(self.session, what):
                call()

    @property
    def _writing(self) -> list[Job]:
        return [job for job in self.session.jobs if job.keeps and not job.cancelled]

    def _do_requests(self) -> None:
        while self.session.requests:
            request = self.session.requests.pop(0)
            with reported(self.session, "Doing what was asked for"):
                self._do(request)

    def _do(self, request: Request) -> None:
        match request:
            case Generator():
                self._workflows.start(request)
            case OpenPaths(paths=paths, signed=signed):
                self._opener.open(paths, signed=signed)
            case RestartPrediction():
                backends.prefer(self.session.settings.backend)
                self.predictor.restart()
            case Quit():
                self.quit()
            case _:
                assert_never(request)

    def _is_settled(self) -> bool:
        return self.predictor.settled

    def _see_what_vanished(self) -> None:
        tomograms = self.session.tomograms
        self._watch.watch([opened.ref.path for opened in tomograms])
        for opened in tomograms:
            opened.vanished = opened.ref.path in self._watch.gone
