"""The inside of the window: the session, all that works for it, and what one frame does, in order."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from scseg import settings
from scseg.actions import (
    annotation,
    annotation_strokes,
    closing,
    interactions,
    reopening,
    view,
)
from scseg.annotations import library
from scseg.arrangement import Stage
from scseg.compute import architectures
from scseg.effects import (
    ChangeInThread,
    ChooseFile,
    ChooseFiles,
    ChooseMoved,
    ChooseTarget,
    DoInThread,
    OpenPaths,
    Quit,
    RestartPrediction,
    WriteInThread,
)
from scseg.filters import effective
from scseg.gui import theme
from scseg.gui.annotation_files import AnnotationFiles
from scseg.gui.dialogs import Dialogs
from scseg.gui.guard import guarded, told
from scseg.gui.inbox import Inbox
from scseg.gui.interplay import Interplay
from scseg.gui.jobs import Jobs
from scseg.gui.keeping import Keeper, KeptFile
from scseg.gui.layout import Layout
from scseg.gui.opening import Opener
from scseg.gui.predictor import Predictor
from scseg.gui.remembering import Remembering
from scseg.gui.restoring import Restorer
from scseg.gui.slices import SliceKey, SliceReader, Wish
from scseg.gui.trainer import Trainer, start_training
from scseg.gui.ui import Labels, Shown, Ui
from scseg.gui.watching import FileWatch
from scseg.news import Job

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.annotations.edits import Step
    from scseg.compute.messages import ArchitectureInfo
    from scseg.effects import Effect
    from scseg.gui.gl.painter import SlicePainter
    from scseg.gui.predictor import Client
    from scseg.news import Notice
    from scseg.open_tomograms import OpenTomogram
    from scseg.progress import Report
    from scseg.session import Session

AHEAD = 3
"""So many slices are read ahead in the direction of browsing, so that the next key finds its slice."""


class Ends(Protocol):
    """A part of the program that has an end."""

    def close(self) -> object: ...


Part = TypeVar("Part", bound=Ends)


class Program:
    """`prepare` belongs before a frame, `draw` into it, `close` after the last, whatever happened.

    `wake` makes the window draw a frame soon and may be called from any thread. Whatever is made here that
    has an end is ended by `close`, in the reverse order of its making.
    """

    def __init__(
        self, session: Session, wake: Callable[[], None], start_client: Callable[[], Client]
    ) -> None:
        self.session = session
        self.inbox = Inbox(wake)
        self._exits = ExitStack()
        self.slices = self._ending(SliceReader(self.inbox), "Closing what reads slices")
        self._watch = self._ending(FileWatch(self.inbox), "Closing what looks for files")
        self.predictor = self._ending(Predictor(session, start_client), "Closing the predictions")
        self._interplay = self._ending(
            Interplay(session, self.predictor, self.inbox), "Closing what applies rules"
        )
        self.jobs = Jobs(session, self.inbox)
        self.annotations = self._ending(
            AnnotationFiles(session, self.jobs, wake), "Closing the annotations"
        )
        self._remembering = self._ending(
            Remembering(session, self.inbox), "Writing down the session"
        )
        self._keepers = tuple(
            self._ending(Keeper(file, session, self.inbox), f"Writing {file.what}")
            for file in kept_files(session)
        )
        self.trainer = self._ending(
            Trainer(session, partial(start_training, wake), self._is_settled), "Ending the training"
        )
        self._ending(self.jobs, "Ending jobs")
        self.dialogs = self._ending(Dialogs(), "Closing a dialog")
        self.ui = Ui(self.predictor)
        self.painter: SlicePainter | None = None
        self.list_networks = _networks
        self._quits = False
        self._listing: Job | None = None
        self._opener = Opener(session, self.jobs)
        self._painted: OpenTomogram | None = None
        self._layout = Layout()
        self._dressed: tuple[settings.Theme, float, float] | None = None

    def start_graphics(self) -> None:
        """Make what lives on the graphics card. Needs a current context."""
        from scseg.gui.gl.painter import SlicePainter  # noqa: PLC0415 - after the window is there

        self.painter = SlicePainter()

    def open(self, paths: tuple[Path, ...]) -> None:
        self.session.effects.append(OpenPaths(paths))

    def restore(self) -> None:
        """Bring the last session back; until all of it is there, its file stays as it is."""
        keeper = self._remembering
        keeper.hold()
        Restorer(self.session, self.jobs, keeper.last(), keeper.go_on).start()

    def tell_unsaved(self) -> None:
        """Tell of models of the last session that would be forgotten, now that it is not brought back."""
        reopening.tell_unsaved(self.session, self._remembering.left_behind())

    @property
    def quits(self) -> bool:
        """Whether the window is to be closed: it waits for files that are still being written."""
        return self._quits and not self._writing

    def quit(self) -> None:
        """Close the window, as soon as all that the user wants to keep is written."""
        self._quits = True
        for job in self._writing:
            self.session.notify(
                "info", f"The window closes after this, or if you cancel it: {job.title}."
            )

    def prepare(self) -> None:
        """Take in what threads and workers have done, and upload it before anything is drawn.

        A fault in one step leaves the others: who cannot train can still draw, and what is drawn is saved.
        """
        self._take_in()
        for what, step in self._steps:
            with told(self.session, what):
                step()

    @property
    def _steps(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """What is done before each frame, in this order."""
        return (
            ("Looking for the files of tomograms", self._see_what_vanished),
            ("Doing what was asked for", self._do_effects),
            ("Keeping the annotations", self.annotations.update),
            ("Attending to the training", self.trainer.update),
            ("Finding out what networks there are", self._ask_architectures),
            ("Reading slices", self._read_slices),
            ("Attending to the predictions", self.predictor.update),
            ("Bringing the slice to the screen", self._upload),
            ("Writing down the session", self._remembering.update),
            *((f"Writing {each.what}", each.update) for each in self._keepers),
        )

    def draw(self, monitor_scale: float) -> None:
        """Draw one frame."""
        with guarded(self.session, "Drawing the window"):
            self._dress(monitor_scale)
            self._layout.draw(self.session, self.ui, self.painter)
        with guarded(self.session, "Choosing a file"):
            self.dialogs.draw(self.ui)

    def close(self) -> tuple[Notice, ...]:
        """End threads and processes and save what is not saved yet; return what was told meanwhile.

        Each part is closed whatever becomes of the others. Closing again does nothing.
        """
        before = set(map(id, self.session.messages))
        with told(self.session, "Keeping what is being done"):
            self.ui.take_over()
            for opened in self.session.tomograms:
                closing.take_over(self.session, opened)
            interactions.settle(self.session)
        self._exits.close()
        return tuple(each for each in self.session.messages if id(each) not in before)

    def _ending(self, part: Part, what: str) -> Part:
        """Have a part closed at the end, and what its threads have still left taken in; return it."""

        def end() -> None:
            with told(self.session, what):
                part.close()
            self._take_in()

        self._exits.callback(end)
        return part

    def _take_in(self) -> None:
        """Do what threads have left to be done on the main thread."""
        for what, call in self.inbox.taken():
            with told(self.session, what):
                call()

    @property
    def _writing(self) -> list[Job]:
        return [job for job in self.session.jobs if job.keeps and not job.cancelled]

    def _do_effects(self) -> None:
        while self.session.effects:
            effect = self.session.effects.pop(0)
            with told(self.session, "Doing what was asked for"):
                self._ask(effect)
                self._do(effect)

    def _ask(self, effect: Effect) -> None:
        """Open the dialog that an effect asks for, if it does."""
        match effect:
            case ChooseFiles(kind=kind):
                self.dialogs.ask(kind, self.open)
            case ChooseMoved(row=row, title=title):
                self.dialogs.ask("tomogram", partial(self._opener.relink, row), title)
            case ChooseFile(kind=kind, then=then, title=title):
                self.dialogs.ask(kind, partial(_with_first, then), title)
            case ChooseTarget(title=title, proposed=proposed, then=then):
                self.dialogs.ask_save(title, proposed, then)

    def _do(self, effect: Effect) -> None:
        """Do what an effect asks for without a dialog, if it does."""
        match effect:
            case OpenPaths(paths=paths, signed=signed):
                self._opener.open(paths, signed=signed)
            case ChangeInThread(opened=opened, title=title, work=work):
                self.jobs.start(Job(title), work, partial(self._change, opened, title))
            case DoInThread(title=title, work=work, then=then, keeps=keeps, ended=ended):
                self.jobs.start(Job(title, keeps=keeps), work, then, ended)
            case WriteInThread(path=path, work=work):
                job = Job(f"Writing {path.name}", keeps=True)
                self.jobs.start(job, work, partial(self._written, path))
            case RestartPrediction():
                self.predictor.restart()
            case Quit():
                self.quit()

    def _is_settled(self) -> bool:
        return self.predictor.settled

    def _ask_architectures(self) -> None:
        """Find out what networks there are, once the stage that offers them is in front."""
        if self.session.stage != Stage.MODELS:
            if not self.session.architectures and self._listing not in self.session.jobs:
                # That failed, and coming back is another chance.
                self._listing = None
        elif self._listing is None:
            # Keras takes some seconds, and nobody has to wait for it.
            self._listing = Job("Getting the networks ready", quiet=2.0)
            self.jobs.start(self._listing, self.list_networks, self._take_networks)

    def _take_networks(self, infos: tuple[ArchitectureInfo, ...]) -> None:
        self.session.architectures = infos

    def _see_what_vanished(self) -> None:
        tomograms = self.session.tomograms
        self._watch.watch([opened.ref.path for opened in tomograms])
        for opened in tomograms:
            opened.vanished = opened.ref.path in self._watch.gone

    def _written(self, path: Path, _: None) -> None:
        self.session.notify("info", f"Written: {path}")

    def _change(self, opened: OpenTomogram, title: str, step: Step | None) -> None:
        """Make a change that was found out in a thread; a stroke on its way comes first."""
        if opened not in self.session.tomograms:
            sentence = f"{opened.name} was closed before this ended, and is as it was: {title}."
            self.session.notify("warning", sentence)
            return
        annotation_strokes.end(self.session)
        annotation.take(self.session, opened, step)

    def _read_slices(self) -> None:
        opened = self.session.active
        self.slices.want(_wishes(opened) if opened else ())
        for failure in self.slices.failures():
            self.session.notify("error", failure.sentence)
        if opened is None:
            self.ui.shown = None
            return
        image = self.slices.get(SliceKey(opened.ref, opened.z))
        if image is not None:
            self.ui.shown = Shown(opened, image, image)
        elif self.ui.shown is not None and self.ui.shown.opened not in self.session.tomograms:
            self.ui.shown = None

    def _upload(self) -> None:
        shown = self.ui.shown
        self.ui.masks = self._interplay.masks(shown) if shown else ()
        if self.painter is not None and shown is not None:
            self.painter.upload_slice(shown.image)
            self.painter.upload_predictions(self.ui.masks)
            self._release_others(shown.opened)
            self.ui.labels = _labels(shown)
            self.painter.upload_labels(
                {feature: labels.mask for feature, labels in self.ui.labels.items()}
            )
            # After the uploads, which would wait for this drawing.
            stack = effective(shown.opened.filters)
            seen = self.painter.filter_slice(shown.image, stack)
            view.note_automatic(shown.opened, seen.automatic)
            self.ui.shown = replace(shown, seen=seen, filters=stack)

    def _release_others(self, shown: OpenTomogram) -> None:
        """Give back the unpacked masks of the tomogram that was on the screen before."""
        before, self._painted = self._painted, shown
        if before is not None and before is not shown and before.annotation is not None:
            before.annotation.release()

    def _dress(self, monitor_scale: float) -> None:
        chosen = self.session.settings
        wanted = (chosen.theme, monitor_scale, chosen.scale)
        if wanted != self._dressed:
            self.ui.palette = theme.PALETTES[chosen.theme]
            self.ui.scale = monitor_scale * chosen.scale
            theme.apply(self.ui.palette, monitor_scale, chosen.scale)
            self._dressed = wanted


def kept_files(session: Session) -> tuple[KeptFile[Any], ...]:
    """Return the files of the user that follow the session, whichever window it is of."""
    return (
        KeptFile(
            "the settings",
            "Settings and recent files are not kept for the next start.",
            lambda: session.settings,
            lambda it: settings.save(it, settings.settings_path()),
        ),
        KeptFile(
            "the library",
            "The features that you keep for every project are not kept for the next start.",
            lambda: session.library,
            lambda it: library.save(it, library.library_path()),
        ),
    )


def _with_first(then: Callable[[Path], None], paths: tuple[Path, ...]) -> None:
    then(paths[0])


def _labels(shown: Shown) -> dict[str, Labels]:
    """Return what is drawn on the slice, by the id of its feature."""
    opened, z = shown.opened, shown.image.key.z
    found = {}
    for feature in opened.features:
        mask = opened.annotation.mask(feature.id, z) if opened.annotation else None
        if mask is not None and feature.show:
            found[feature.id] = Labels(mask, mask.revision)
    return found


def _wishes(opened: OpenTomogram) -> tuple[Wish, ...]:
    """Return the slice in view, those that browsing comes to next, and the one behind."""
    ahead = [opened.z + opened.direction * step for step in range(1, AHEAD + 1)]
    places = [opened.z, *ahead, opened.z - opened.direction]
    return tuple(
        Wish(SliceKey(opened.ref, z), opened.tomogram) for z in places if 0 <= z < opened.shape[0]
    )


def _networks(_: Report) -> tuple[ArchitectureInfo, ...]:
    return architectures.known()
