"""What the status line says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scseg.base.formatting import time_left
from scseg.base.printable import printable
from scseg.preview.predictions import UNKNOWN
from scseg.runtime.display.histogram import digits

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.interactions.rules import InteractionSettings
    from scseg.runtime.display.camera import Voxel
    from scseg.runtime.on_screen import ShownPrediction, ShownVolume
    from scseg.runtime.tomograms.slice_reader import SliceImage
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

FEEDBACK_SECONDS = 4.0
_HINTS = ("Scroll to browse, Shift + scroll to zoom, F1 for all commands", "F1 for all commands")


def hint(fits: Callable[[str], bool]) -> str:
    """Return what is said while the pointer is on no voxel: as much as `fits`."""
    return next(filter(fits, _HINTS), "")


def voxel(image: SliceImage, at: Voxel) -> str:
    """Return where a voxel is and its grey value; nothing for one that is not on the slice."""
    rows, columns = image.values.shape
    if at.y >= rows or at.x >= columns:
        return ""
    grey = f"{image.values[at.y, at.x]:.{digits(*image.span)}g}"
    return f"z {image.key.z}   y {at.y}   x {at.x}   value {grey}"


def prediction(mask: ShownPrediction, at: Voxel) -> str:
    """Tell what a model says of a voxel, and whether rules or competition took it away."""
    value = mask.prediction.values[at.y, at.x]
    told = "…" if value == UNKNOWN else f"{value:.2f}"
    removed = mask.removed is not None and mask.removed.pixels[at.y, at.x]
    seen = removed and value >= mask.model.display.threshold
    return f"{printable(mask.model.display.name)} {told}{_by_what(mask.model.interaction) if seen else ''}"


def volume(shown: ShownVolume, at: Voxel) -> str:
    """Tell what a written volume holds of a voxel."""
    return f"{printable(shown.overlay.volume.path.name)} {shown.prediction.values[at.y, at.x]:.2f}"


def exporting(session: Session, now: float) -> str:
    """Tell how far the export is, wherever the user works meanwhile."""
    job = session.exports.job
    if job is None:
        return ""
    left = job.seconds_left(now)
    beside = session.exports.left - 1
    more = f", {beside} more" if beside > 0 else ""
    return f"exporting {100 * job.fraction:.0f} %{more}" + (f", {time_left(left)}" if left else "")


def _by_what(interaction: InteractionSettings) -> str:
    """Tell what may have taken away what a model finds."""
    if not interaction.absorb:
        return ", removed by a rule"
    return (
        ", removed by another model"
        if not interaction.rules
        else ", removed by another model or a rule"
    )


def saving(opened: OpenTomogram) -> str:
    """Tell how far the annotation's file is."""
    if opened.annotated is None:
        return ""
    if opened.annotated.read_only:
        return "read-only"
    changing = opened.draft or opened.cropping
    return "changing" if changing else opened.annotated.state.text(time.monotonic())


def _feedback(session: Session) -> str:
    """Tell for a while what the latest command has done where nobody may have looked."""
    said = session.feedback
    recent = said is not None and time.monotonic() - said.told < FEEDBACK_SECONDS
    return said.sentence if said is not None and recent else ""


def right(session: Session, hint: str, predicting: str) -> str:
    """Return what stands at the right end: a hint, what the worker does, saving, pixel size, zoom."""
    parts = [hint or _feedback(session), exporting(session, time.monotonic())]
    parts.append(outside(session) or predicting)
    if session.active is not None:
        parts.append(saving(session.active))
        apix = session.active.apix
        parts += [
            f"{apix:.4g} A per pixel" if apix else "",
            f"{100 * session.active.view.zoom:.0f} %",
        ]
    return "     ".join(printable(part) for part in parts if part)


def outside(session: Session) -> str:
    """Tell why nothing is predicted on a slice that the crop leaves out; slices as the slider counts them."""
    opened = session.active
    crop = None if opened is None else opened.crop
    if opened is None or crop is None or not crop.enabled or crop.z0 <= opened.z < crop.z1:
        return ""
    return f"outside of the crop, slices {crop.z0 + 1} to {crop.z1}"
