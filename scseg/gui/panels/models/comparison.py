"""Two models compared: the button that begins it, what the colours mean, and how well each does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui

from scseg.actions.models import comparing
from scseg.actions.view import browsing
from scseg.gui.following import Followed
from scseg.gui.panels.objects import table
from scseg.gui.widgets import chip, faint_lines, header, pill_button, plain, tooltip
from scseg.runtime.comparing import BOTH, ONLY_FIRST, ONLY_SECOND
from scseg.runtime.display import labels
from scseg.runtime.display.columns import Column

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.comparison import SlicesDice
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


class Begun(Followed):
    """The comparison that was begun last: nothing would be seen of what comes below the window's edge."""


@dataclass
class Shown:
    """The table that is shown, and what it was made from."""

    of: tuple[object, ...] = ()
    columns: tuple[Column, ...] = ()

    def update(self, measured: SlicesDice, names: tuple[str, str]) -> None:
        """Be the table of these slices; made anew when these are others."""
        if len(self.of) == 2 and self.of[0] is measured and self.of[1] == names:
            return
        self.of = measured, names
        slices = measured.slices
        about = f"Dice of its mask with what is drawn of {labels.shown(measured.name)}."
        first, second = (labels.label(name, way) for name, way in zip(names, "ab", strict=True))
        z = np.array([each.z + 1.0 for each in slices])
        self.columns = (
            Column("slice", z, ".0f", "Counted from 1."),
            Column(first, np.array([each.first for each in slices]), ".3f", about),
            Column(second, np.array([each.second for each in slices]), ".3f", about),
        )


def draw_menu(session: Session, model: Model) -> None:
    """Draw the button that compares a model with another, where there is one."""
    others = comparing.others(session, model)
    if not others:
        return
    explained = (
        "Show on the slice what this model and another one mark together, and what only one does."
    )
    if pill_button("compare with…###compare", explained, comparing.obstacle(model)):
        imgui.open_popup("compare with")
    if imgui.begin_popup("compare with"):
        for other in others:
            chip(other.display.colour, imgui.get_font_size() * 0.7)
            if imgui.menu_item_simple(labels.label(other.display.name, f"with {other.id}")):
                comparing.start(session, model, other)
        imgui.end_popup()


def draw(session: Session, ui: Ui) -> None:
    """Draw the comparison that goes on."""
    models = comparing.compared(session)
    if models is None or session.comparison is None:
        ui.state_of(Begun).lose()
        return
    if not header("Compare", session):
        return
    imgui.begin_group()
    names = comparing.names(session, models)
    _draw_legend(names)
    if why := comparing.hindrance(session):
        faint_lines(why)
    if session.active is not None:
        _draw_measuring(session, session.active)
    if session.comparison.measured is not None:
        _draw_slices(session, names, session.comparison.measured, ui)
    if pill_button("Stop comparing###stop-comparing", "Show the masks as before (Escape)."):
        comparing.stop(session)
    imgui.end_group()
    begun = ui.state_of(Begun)
    begun.choose(None, (models[0].id, models[1].id))
    begun.bring_into_view()


def _draw_legend(names: tuple[str, str]) -> None:
    first, second = names
    told = {BOTH: "both", ONLY_FIRST: f"only {first}", ONLY_SECOND: f"only {second}"}
    for colour, text in told.items():
        chip(colour, imgui.get_font_size() * 0.7)
        plain(text)


def _draw_measuring(session: Session, opened: OpenTomogram) -> None:
    explained = "Find out the Dice of both masks with a feature, on all slices where it is drawn."
    busy = ""
    if session.comparison is not None and session.comparison.measuring:
        busy = "Slices are being predicted: wait for that, or cancel it beside its bar."
    if pill_button("Dice with a feature…###dice", explained, busy):
        imgui.open_popup("dice with")
    if not imgui.begin_popup("dice with"):
        return
    for feature in opened.features:
        why = comparing.measuring_obstacle(session, opened, feature)
        chip(feature.colour, imgui.get_font_size() * 0.7)
        label = labels.label(feature.name, f"dice {feature.id}")
        if imgui.menu_item_simple(label, enabled=not why):
            comparing.measure(session, opened, feature)
        tooltip(why or explained)
    imgui.end_popup()


def _draw_slices(session: Session, names: tuple[str, str], measured: SlicesDice, ui: Ui) -> None:
    shown = ui.state_of(Shown)
    shown.update(measured, names)
    if comparing.is_stale(session, measured):
        faint_lines("Masks or annotation have changed since.")
    opened = session.tomogram_of(measured.tomogram)
    places = [each.z for each in measured.slices]
    here = opened is not None and opened is session.active and opened.z in places
    chosen = places.index(opened.z) if here and opened is not None else None
    clicked = table.draw("###compared", shown.columns, chosen, ui)
    if clicked is not None and opened is not None:
        session.active = opened
        browsing.set_slice(session, places[clicked])
