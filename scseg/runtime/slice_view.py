"""What is to be seen of the slice in view: read beside the frames, brought together before one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.runtime.comparing import ComparedMasks
from scseg.runtime.objects_on_slice import ObjectsOnSlice
from scseg.runtime.on_screen import OnScreen, ShownLabels, SliceOnScreen
from scseg.runtime.tomograms.slice_reader import SliceImage, SliceKey, Unreadable, WantedSlice
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from scseg.runtime.models.rules import RuleEvaluator
    from scseg.runtime.tomograms.slice_reader import SliceReader
    from scseg.runtime.volume_view import VolumeView
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

AHEAD = 3
"""So many slices are read ahead in the direction of browsing, so that the next key finds its slice."""


class SliceView:
    """`read` and `collect` belong before a frame. What they find is in `on_screen`."""

    def __init__(
        self,
        session: Session,
        slices: SliceReader[SliceImage],
        rules: RuleEvaluator,
        volumes: VolumeView,
    ) -> None:
        self.on_screen = OnScreen()
        self._session = session
        self._slices = slices
        self._rules = rules
        self._volumes = volumes
        self._before: OpenTomogram | None = None
        self._objects = ObjectsOnSlice()
        self._compared = ComparedMasks(session)

    def read(self) -> None:
        opened = self._session.active
        self._slices.want(_wishes(opened) if opened else ())
        self._volumes.read()
        for failure in self._slices.failures():
            self._session.notify("error", failure.sentence)
        if opened is None:
            self.on_screen.shown, self.on_screen.unreadable = None, ""
            return
        match self._slices.get(SliceKey(opened.ref, opened.z)):
            case SliceImage() as image:
                self.on_screen.shown, self.on_screen.unreadable = (
                    SliceOnScreen(opened, image, image),
                    "",
                )
            case Unreadable(sentence=sentence):
                self.on_screen.shown, self.on_screen.unreadable = None, sentence
            case None if (
                self.on_screen.shown and self.on_screen.shown.opened not in self._session.tomograms
            ):
                self.on_screen.shown = None

    def collect(self) -> None:
        """Bring together what is known of the slice: predictions, under rules, and what is drawn on it."""
        shown = self.on_screen.shown
        self.on_screen.masks = self._rules.masks(shown) if shown else ()
        self.on_screen.volumes = self._volumes.shown(shown) if shown else ()
        compares = self._session.stage == Stage.MODELS
        self.on_screen.compared = self._compared.shown(self.on_screen.masks if compares else ())
        if shown is not None:
            self._release_others(shown.opened)
            self.on_screen.labels = _labels(shown)
        seen = shown is not None and self._session.stage == Stage.OBJECTS
        self.on_screen.objects = self._objects.shown(shown if seen else None)

    def _release_others(self, shown: OpenTomogram) -> None:
        """Give back the unpacked masks of the tomogram that was on the screen before."""
        before, self._before = self._before, shown
        if before is not None and before is not shown and before.annotation is not None:
            before.annotation.release()


def _labels(shown: SliceOnScreen) -> dict[str, ShownLabels]:
    """Return what is drawn on the slice, by the id of its feature."""
    opened, z = shown.opened, shown.image.key.z
    found = {}
    for feature in opened.features:
        mask = opened.annotation.mask(feature.id, z) if opened.annotation else None
        if mask is not None and feature.show:
            found[feature.id] = ShownLabels(mask, mask.revision)
    return found


def _wishes(opened: OpenTomogram) -> tuple[WantedSlice, ...]:
    """Return the slice in view, those that browsing comes to next, and the one behind."""
    ahead = [opened.z + opened.direction * step for step in range(1, AHEAD + 1)]
    places = [opened.z, *ahead, opened.z - opened.direction]
    return tuple(
        WantedSlice(SliceKey(opened.ref, z), opened.tomogram)
        for z in places
        if 0 <= z < opened.shape[0]
    )
