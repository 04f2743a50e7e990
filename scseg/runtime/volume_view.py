"""Written volumes over the slice in view: read beside the frames, as the slice itself is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.actions.exports import overlays
from scseg.preview.predictions import Prediction
from scseg.runtime.on_screen import ShownVolume
from scseg.runtime.tomograms.slice_reader import SliceKey, SliceReader, WantedSlice

if TYPE_CHECKING:
    from scseg.runtime.inbox import Inbox
    from scseg.runtime.on_screen import SliceOnScreen
    from scseg.state.session import Session
    from scseg.state.volume_overlays import VolumeOverlay

MOST_BYTES = 256 << 20


class VolumeSlice(Prediction):
    """A slice of a volume, complete: float32 (y, x), 0..1."""

    @property
    def nbytes(self) -> int:
        return self.values.nbytes


class VolumeView:
    """`read` and `shown` belong before a frame."""

    def __init__(self, session: Session, inbox: Inbox) -> None:
        self._session = session
        self._reader = SliceReader(inbox, _volume_slice, "volumes", MOST_BYTES)

    def read(self) -> None:
        """Have read what lies on the slice in view, and on the next one that browsing comes to."""
        opened, wishes = self._session.active, []
        if opened is not None:
            for z in (opened.z, opened.z + opened.direction):
                for overlay in self._session.volumes.over(opened.ref.path):
                    key = _key(overlay, z) if overlay.display.show else None
                    if key is not None:
                        wishes.append(WantedSlice(key, overlay.volume, overlay.scale))
        self._reader.want(tuple(wishes))
        for failure in self._reader.failures():
            self._session.notify("error", failure.sentence)
            for overlay in list(self._session.volumes.open):
                if overlay.ref == failure.key.tomogram:
                    overlays.close(self._session, overlay)

    def shown(self, shown: SliceOnScreen) -> tuple[ShownVolume, ...]:
        """Return what of the volumes has been read that lies on the slice on the screen."""
        found = []
        for overlay in self._session.volumes.over(shown.opened.ref.path):
            key = _key(overlay, shown.image.key.z)
            read = None if key is None else self._reader.get(key)
            if isinstance(read, VolumeSlice) and overlay.display.show:
                found.append(ShownVolume(overlay, read))
        return tuple(found)

    def close(self) -> None:
        self._reader.close()


def _key(overlay: VolumeOverlay, z: int) -> SliceKey | None:
    place = overlay.slice_of(z)
    return None if place is None else SliceKey(overlay.ref, place)


def _volume_slice(wish: WantedSlice) -> VolumeSlice:
    """Read a slice of a volume; runs in the thread."""
    read = VolumeSlice(wish.tomogram.slice(wish.key.z) * np.float32(wish.scale))
    read.complete = True
    return read
