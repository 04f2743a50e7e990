"""Written volumes over the slice in view: how each is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import icons_fontawesome_6, imgui

from scseg.actions.exports import overlays
from scseg.actions.objects import source
from scseg.base.printable import printable
from scseg.gui.panels.mask_sliders import alpha_slider, threshold_slider
from scseg.gui.theme import PILL
from scseg.gui.widgets import (
    button,
    card,
    choice,
    colour_field,
    faint_lines,
    icon_width,
    remove_button,
    to_the_right,
    toggle,
    tooltip,
)
from scseg.runtime.display.looks import LOOKS

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.volume_overlays import VolumeOverlay


def draw(session: Session, ui: Ui) -> None:
    found = overlays.of_active(session)
    if not found:
        faint_lines("Tick a volume in the queue to see it over its tomogram.")
        return
    explained = "Draw volumes in place of what the models find; off: both."
    alone = toggle("without live predictions", session.volumes.alone, explained)
    if alone != session.volumes.alone:
        overlays.set_alone(session, alone=alone)
    for overlay in found:
        with card(f"volume {overlay.id}", ui):
            _draw_overlay(session, overlay)


def _draw_overlay(session: Session, overlay: VolumeOverlay) -> None:
    display = overlay.display
    colour = colour_field(display.colour, "The colour of this volume.")
    imgui.same_line()
    imgui.text_unformatted(printable(overlay.volume.path.name))
    tooltip(printable(str(overlay.volume.path)))
    to_the_right(icon_width())
    explained = "Close this volume; its file stays."
    if remove_button(f"{icons_fontawesome_6.ICON_FA_XMARK}###close", explained):
        overlays.close(session, overlay)
    threshold, alpha = threshold_slider(display.threshold), alpha_slider(display.alpha)
    show = toggle("show", display.show, "Draw the volume.")
    imgui.same_line()
    imgui.push_style_var(imgui.StyleVar_.frame_rounding, PILL)
    imgui.set_next_item_width(-1)
    look = choice("###look", display.look, LOOKS)
    imgui.pop_style_var()
    new = replace(display, colour=colour, threshold=threshold, alpha=alpha, show=show, look=look)
    if new != display:
        overlays.set_display(overlay, new)
    _draw_objects(session, overlay)


def _draw_objects(session: Session, overlay: VolumeOverlay) -> None:
    """Draw the way to what follows from the volume."""
    explained = "Find objects and particles in this volume, measure them."
    if button("Objects…###objects", explained) and session.active is not None:
        threshold = overlay.display.threshold
        source.use_volume(session, session.active, overlay.volume.path, threshold)
