"""The objects of the source: found by a button, kept by size while the slider moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.objects import finding
from scseg.gui.number_widgets import Range, slider
from scseg.gui.widgets import button, faint, off_where, toggle
from scseg.runtime.display.object_texts import largest_nm3, told_of_objects
from scseg.state.objects import Finding, Keeping, VolumeSource

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def draw(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    state = opened.objects
    _draw_switches(opened)
    why = finding.obstacle(opened)
    stale = finding.is_stale(opened)
    with off_where(why):
        label = "Find objects" if state.found is None else "Find again"
        explained = "Number the parts of the source that hang together in three dimensions."
        if button(f"{label}###find", explained, primary=state.found is None or stale, ui=ui):
            finding.find(session, opened)
    if state.found is None:
        return
    if stale:
        imgui.same_line()
        faint("source or settings changed")
    _draw_keeping(opened)
    faint(told_of_objects(state))
    _draw_look(session, opened)


def _draw_switches(opened: OpenTomogram) -> None:
    state = opened.objects
    numbered = isinstance(state.source, VolumeSource) and state.source.are_objects
    with off_where("The source numbers its objects already." if numbered else ""):
        fill = toggle(
            "fill holes",
            state.finding.fill_holes,
            "Fill what is enclosed on all sides, before objects are found.",
        )
        imgui.same_line()
        split = toggle(
            "split touching",
            state.finding.split,
            "Part objects that touch, where the neck between them is narrow.",
        )
    finding.set_finding(opened, Finding(fill, split))


def _draw_keeping(opened: OpenTomogram) -> None:
    """Draw what acts at once, on the slice in view."""
    state = opened.objects
    smallest = slider(
        "smallest",
        state.keeping.smallest,
        Range(0.0, largest_nm3(state), "%.0f nm³ at least", Keeping.smallest, logarithmic=True),
        "Smaller objects are left out, at once: on the slice, in what is saved and measured.",
    )
    border = toggle(
        "keep those at the border",
        state.keeping.border,
        "Off, objects that a face of the volume cuts are left out.",
    )
    keeping = replace(state.keeping, border=border)
    if smallest is not None:
        keeping = replace(keeping, smallest=smallest)
    finding.set_keeping(opened, keeping)


def _draw_look(session: Session, opened: OpenTomogram) -> None:
    state = opened.objects
    alpha = slider(
        "objects alpha",
        state.alpha,
        Range(0, 1, "%.2f alpha", 0.45),
        "How strongly objects cover the slice. V hides all that lies over it.",
    )
    if alpha is not None:
        finding.set_alpha(opened, alpha)
    kept = state.kept
    none = "" if kept is not None and kept.any() else "No object is left."
    with off_where(none):
        explained = "Write the objects that are left as a volume of labels (.mrc), numbered from 1."
        if button("Save labels…###labels", explained):
            finding.save_labels(session, opened)
