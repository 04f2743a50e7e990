"""Brings the slice in view to the screen: read beside the frames, uploaded before one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions.view import view
from scseg.gui.ui import Labels, Shown
from scseg.runtime.tomograms.slice_reader import SliceImage, SliceKey, Unreadable, Wish
from scseg.state.filters import effective

if TYPE_CHECKING:
    from scseg.gui.gl.painter import SlicePainter
    from scseg.gui.ui import Ui
    from scseg.runtime.models.rules import Interplay
    from scseg.runtime.tomograms.slice_reader import SliceReader
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

AHEAD = 3
"""So many slices are read ahead in the direction of browsing, so that the next key finds its slice."""


class Screen:
    """`read` and `upload` belong before a frame. What they find is in `ui` for the panels."""

    def __init__(self, session: Session, ui: Ui, slices: SliceReader, interplay: Interplay) -> None:
        self.painter: SlicePainter | None = None
        self._session = session
        self._ui = ui
        self._slices = slices
        self._interplay = interplay
        self._painted: OpenTomogram | None = None

    def start_graphics(self) -> None:
        """Make what lives on the graphics card. Needs a current context."""
        from scseg.gui.gl.painter import SlicePainter  # noqa: PLC0415 - after the window is there

        self.painter = SlicePainter()

    def read(self) -> None:
        opened = self._session.active
        self._slices.want(_wishes(opened) if opened else ())
        for failure in self._slices.failures():
            self._session.notify("error", failure.sentence)
        if opened is None:
            self._ui.shown, self._ui.unreadable = None, ""
            return
        match self._slices.get(SliceKey(opened.ref, opened.z)):
            case SliceImage() as image:
                self._ui.shown, self._ui.unreadable = Shown(opened, image, image), ""
            case Unreadable(sentence=sentence):
                self._ui.shown, self._ui.unreadable = None, sentence
            case None if self._ui.shown and self._ui.shown.opened not in self._session.tomograms:
                self._ui.shown = None

    def upload(self) -> None:
        shown = self._ui.shown
        self._ui.masks = self._interplay.masks(shown) if shown else ()
        if self.painter is not None and shown is not None:
            self.painter.upload_slice(shown.image)
            self.painter.upload_predictions(self._ui.masks)
            self._release_others(shown.opened)
            self._ui.labels = _labels(shown)
            self.painter.upload_labels(
                {feature: labels.mask for feature, labels in self._ui.labels.items()}
            )
            # After the uploads, which would wait for this drawing.
            stack = effective(shown.opened.filters)
            seen = self.painter.filter_slice(shown.image, stack)
            view.note_automatic(shown.opened, seen.automatic)
            self._ui.shown = replace(shown, seen=seen, filters=stack)

    def _release_others(self, shown: OpenTomogram) -> None:
        """Give back the unpacked masks of the tomogram that was on the screen before."""
        before, self._painted = self._painted, shown
        if before is not None and before is not shown and before.annotation is not None:
            before.annotation.release()


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
