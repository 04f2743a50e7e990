"""The status line: the voxel under the cursor, what models say there, what the worker does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.base.printable import printable
from scseg.gui.widgets import chip, faint
from scseg.preview.needed_slices import UNKNOWN
from scseg.runtime.display.scene import visible_masks

if TYPE_CHECKING:
    from scseg.gui.ui import Hovered, Ui
    from scseg.interactions.rules import Conduct
    from scseg.runtime.on_screen import Mask, Shown
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

FEEDBACK_SECONDS = 4.0


def draw(session: Session, ui: Ui) -> None:
    imgui.set_cursor_pos_y(5 * ui.scale)
    if ui.on_screen.shown is not None and ui.hovered is not None:
        _draw_voxel(session, ui, ui.on_screen.shown, ui.hovered)
    else:
        faint("Scroll to browse, Shift + scroll to zoom, F1 for all commands")
    right = _right(session, ui)
    width = imgui.calc_text_size(right).x
    imgui.same_line(imgui.get_window_width() - width - imgui.get_style().window_padding.x)
    faint(right)


def _draw_voxel(session: Session, ui: Ui, shown: Shown, at: Hovered) -> None:
    rows, columns = shown.image.values.shape
    if at.y >= rows or at.x >= columns:
        return
    value = shown.image.values[at.y, at.x]
    imgui.text_unformatted(f"z {shown.image.key.z}   y {at.y}   x {at.x}   value {value:.5g}")
    for mask in visible_masks(session, ui.on_screen):
        imgui.same_line(0, 18 * ui.scale)
        chip(mask.model.display.colour, 9 * ui.scale)
        imgui.text_unformatted(prediction(mask, at))


def prediction(mask: Mask, at: Hovered) -> str:
    """Tell what a model says of a voxel, and whether rules or competition took it away."""
    value = mask.prediction.values[at.y, at.x]
    told = "…" if value == UNKNOWN else f"{value:.2f}"
    removed = mask.removed is not None and mask.removed.pixels[at.y, at.x]
    seen = removed and value >= mask.model.display.threshold
    return (
        f"{printable(mask.model.display.name)} {told}{_by_what(mask.model.conduct) if seen else ''}"
    )


def _by_what(conduct: Conduct) -> str:
    """Tell what may have taken away what a model finds."""
    if not conduct.absorb:
        return ", removed by a rule"
    return (
        ", removed by another model"
        if not conduct.rules
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


def _right(session: Session, ui: Ui) -> str:
    parts = [ui.hint or _feedback(session), outside(session) or ui.predictor.status]
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
