"""What is drawn of the program, frame by frame, and what is being typed there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.view import view
from scseg.gui import theme
from scseg.gui.guard import guarded
from scseg.gui.layout import Layout
from scseg.gui.ui import Ui
from scseg.runtime.display.palettes import PALETTES
from scseg.runtime.faults import reported
from scseg.state.filters import effective

if TYPE_CHECKING:
    from scseg.gui.file_dialogs.dialogs import Dialogs
    from scseg.gui.gl.painter import SlicePainter
    from scseg.runtime.on_screen import OnScreen
    from scseg.runtime.program import Program
    from scseg.state import settings
    from scseg.state.notices import Notice
    from scseg.state.session import Session


class Frame:
    """`prepare` belongs before a frame, `draw` into it, `close` after the last, whatever happened.

    `painter` is what draws slices; None before there is a window.
    """

    def __init__(self, program: Program, dialogs: Dialogs) -> None:
        self.ui = Ui(program.predictor, program.on_screen)
        self.painter: SlicePainter | None = None
        self._program = program
        self._session = program.session
        self._dialogs = dialogs
        self._layout = Layout()
        self._dressed: tuple[settings.Theme, float, float] | None = None

    def start_graphics(self) -> None:
        """Make what lives on the graphics card. Needs a current context."""
        from scseg.gui.gl.painter import SlicePainter  # noqa: PLC0415 - after the window is there

        self.painter = SlicePainter()

    def end_graphics(self) -> None:
        """Give back what lives on the graphics card. Needs a current context."""
        if self.painter is not None:
            self.painter.delete()

    def prepare(self) -> None:
        """Let the program do its step, and upload what has come of it before anything is drawn."""
        self._program.step()
        if self.painter is not None:
            with reported(self._session, "Bringing the slice to the screen"):
                _upload(self._session, self.painter, self.ui.on_screen)

    def draw(self, monitor_scale: float) -> None:
        """Draw one frame."""
        with guarded(self._session, "Choosing colours and sizes"):
            self._dress(monitor_scale)
        with guarded(self._session, "Drawing the window"):
            self._layout.draw(self._session, self.ui, self.painter)
        with guarded(self._session, "Choosing a file"):
            self._dialogs.draw(self.ui)

    def close(self) -> tuple[Notice, ...]:
        """Hand over what is being typed and close the program; return what was told meanwhile."""
        typed = (partial(self.ui.take_over, key) for key in self.ui.pending)
        return self._program.close(self._dialogs.close, *typed)

    def _dress(self, monitor_scale: float) -> None:
        chosen = self._session.settings
        wanted = (chosen.theme, monitor_scale, chosen.scale)
        if wanted != self._dressed:
            self.ui.palette = PALETTES[chosen.theme]
            self.ui.scale = monitor_scale * chosen.scale
            theme.apply(self.ui.palette, monitor_scale, chosen.scale)
            self._dressed = wanted


def _upload(session: Session, painter: SlicePainter, on_screen: OnScreen) -> None:
    """Upload what has changed of the slice, its predictions and masks; then filter it."""
    shown = on_screen.shown
    if shown is None:
        return
    painter.upload_slice(shown.image)
    thinned_by, largest = painter.thinning
    if thinned_by > 1:
        view.tell_thinned(session, shown.opened, thinned_by, largest)
    painter.upload_predictions(on_screen.masks, on_screen.volumes, on_screen.compared)
    painter.upload_labels({feature: labels.mask for feature, labels in on_screen.labels.items()})
    objects = on_screen.objects
    painter.objects.upload(None if objects is None else objects.numbers)
    # After the uploads, which would wait for this drawing.
    stack = effective(shown.opened.filters)
    seen = painter.filter_slice(shown.image, stack)
    view.note_seen(shown.opened, seen.automatic, seen.padded)
    on_screen.shown = replace(shown, seen=seen, filters=stack)
