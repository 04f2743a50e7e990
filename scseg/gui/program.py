"""The inside of the window: the session, all that works for it, and what one frame does, in order."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scseg import settings
from scseg.actions import annotation, annotation_strokes, reopening, view
from scseg.annotations import library
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
from scseg.errors import ScsegError
from scseg.filters import effective
from scseg.gui import theme
from scseg.gui.annotation_files import AnnotationFiles
from scseg.gui.dialogs import Dialogs
from scseg.gui.guard import guarded, told
from scseg.gui.interplay import Interplay
from scseg.gui.jobs import Jobs
from scseg.gui.layout import Layout
from scseg.gui.opening import Opener
from scseg.gui.predictor import Predictor
from scseg.gui.remembering import Remembering
from scseg.gui.restoring import Restorer
from scseg.gui.slices import SliceKey, SliceReader, Wish
from scseg.gui.trainer import Trainer, start_training
from scseg.gui.ui import Labels, Shown, Ui
from scseg.gui.watching import FileWatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.annotations.edits import Step
    from scseg.compute.messages import ArchitectureInfo
    from scseg.effects import Effect
    from scseg.gui.gl.painter import SlicePainter
    from scseg.gui.predictor import Client
    from scseg.open_tomograms import OpenTomogram
    from scseg.progress import Report
    from scseg.session import Session

LISTING = "Getting the networks ready"
AHEAD = 3
"""So many slices are read ahead in the direction of browsing, so that the next key finds its slice."""


class Program:
    """`prepare` belongs before a frame, `draw` into it, `close` after the last, whatever happened.

    `wake` makes the window draw a frame soon and may be called from any thread.
    """

    def __init__(
        self, session: Session, wake: Callable[[], None], start_client: Callable[[], Client]
    ) -> None:
        self.session = session
        self.jobs = Jobs(session, wake)
        self.slices = SliceReader(wake)
        self._watch = FileWatch(wake)
        self.predictor = Predictor(session, start_client)
        self._interplay = Interplay(session, self.predictor, wake)
        self.trainer = Trainer(session, partial(start_training, wake), self._is_settled)
        self.ui = Ui(self.predictor)
        self.painter: SlicePainter | None = None
        self.dialogs = Dialogs()
        self.quits = False
        self.list_networks = _networks
        self._asked = False
        self._opener = Opener(session, self.jobs)
        self._library = session.library
        self._painted: OpenTomogram | None = None
        self.annotations = AnnotationFiles(session, self.jobs, wake)
        self._layout = Layout()
        self._dressed: tuple[settings.Theme, float, float] | None = None
        self._saved = session.settings
        self._remembering = Remembering(session)

    def start_graphics(self) -> None:
        """Make what lives on the graphics card. Needs a current context."""
        from scseg.gui.gl.painter import SlicePainter  # noqa: PLC0415 - after the window is there

        self.painter = SlicePainter()

    def open(self, paths: tuple[Path, ...]) -> None:
        self.session.effects.append(OpenPaths(paths))

    def restore(self) -> None:
        """Bring the last session back; until all of it is there, its file stays as it is."""
        self._remembering.held = True
        keeper = self._remembering
        Restorer(self.session, self.jobs, keeper.last(), keeper.go_on).start()

    def tell_unsaved(self) -> None:
        """Tell of models of the last session that would be forgotten, now that it is not brought back."""
        reopening.tell_unsaved(self.session, self._remembering.left_behind())

    def prepare(self) -> None:
        """Take in what threads and workers have done, and upload it before anything is drawn."""
        with told(self.session, "Updating the window"):
            self.jobs.drain()
            self._see_what_vanished()
            self._do_effects()
            self.annotations.update()
            self.trainer.update()
            self._ask_architectures()
            self._keep_library()
            self._read_slices()
            self.predictor.update()
            self._upload()
            self._remembering.update()

    def draw(self, monitor_scale: float) -> None:
        """Draw one frame."""
        self._dress(monitor_scale)
        with guarded(self.session, "Drawing the window"):
            self._layout.draw(self.session, self.ui, self.painter)
        with guarded(self.session, "Choosing a file"):
            self.dialogs.draw(self.ui)

    def close(self) -> None:
        """End threads and processes and save what is not saved yet."""
        self.annotations.close()
        self.trainer.close()
        self.jobs.cancel_all()
        self.predictor.close()
        self._interplay.close()
        self.slices.close()
        self._watch.close()
        self._remembering.close()
        if self.session.settings != self._saved:
            # Where nothing can be written, losing the window's size is the least of a user's worries.
            with contextlib.suppress(ScsegError):
                settings.save(self.session.settings, settings.settings_path())

    def _do_effects(self) -> None:
        while self.session.effects:
            effect = self.session.effects.pop(0)
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
                self.jobs.start(title, work, partial(self._change, opened))
            case DoInThread(title=title, work=work, then=then):
                self.jobs.start(title, work, then)
            case WriteInThread(path=path, work=work):
                self.jobs.start(f"Writing {path.name}", work, partial(self._written, path))
            case RestartPrediction():
                self.predictor.restart()
            case Quit():
                self.quits = True

    def _is_settled(self) -> bool:
        return not self.predictor.status

    def _ask_architectures(self) -> None:
        """Find out what networks there are, once the stage that offers them is in front."""
        if self.session.stage != "Models":
            # Where that failed, coming back is another chance.
            self._asked = bool(self.session.architectures)
        elif not self._asked and all(job.title != LISTING for job in self.session.jobs):
            self._asked = True
            self._start_asking()

    def _start_asking(self) -> None:

        def done(infos: tuple[ArchitectureInfo, ...]) -> None:
            self.session.architectures = infos

        # Keras takes some seconds, and nobody has to wait for it.
        self.jobs.start(LISTING, self.list_networks, done, quiet=2.0)

    def _see_what_vanished(self) -> None:
        tomograms = self.session.tomograms
        self._watch.watch([opened.ref.path for opened in tomograms])
        for opened in tomograms:
            opened.vanished = opened.ref.path in self._watch.gone

    def _written(self, path: Path, _: None) -> None:
        self.session.notify("info", f"Written: {path}")

    def _keep_library(self) -> None:
        if self.session.library != self._library:
            self._library = self.session.library
            library.save(self._library, library.library_path())

    def _change(self, opened: OpenTomogram, step: Step | None) -> None:
        """Make a change that was found out in a thread; a stroke on its way comes first."""
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
            self._dressed = wanted
            self.ui.palette = theme.PALETTES[chosen.theme]
            self.ui.scale = monitor_scale * chosen.scale
            theme.apply(self.ui.palette, monitor_scale, chosen.scale)


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
