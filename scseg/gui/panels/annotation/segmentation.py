"""The stage Segmentation: a panel for each feature of the tomogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.annotation import changes, features, library
from scseg.actions.annotation.known_names import known_looks
from scseg.actions.commands import action
from scseg.base.formatting import counted
from scseg.gui.panel_list import in_places
from scseg.gui.panels.annotation import feature_panel, toolbox
from scseg.gui.steady import steady
from scseg.gui.widgets import (
    action_button,
    button,
    centre_button,
    chip,
    faint,
    header,
    icon_width,
    off_where,
    plain,
    remove_button,
    row,
    to_the_right,
    tooltip,
)
from scseg.runtime.display import labels

if TYPE_CHECKING:
    from scseg.annotations.feature import Colour
    from scseg.gui.ui import Ui
    from scseg.state.feature_library import Template
    from scseg.state.session import Session

_ONE_CLASS = (
    "A network knows one class. Features that are trained together become one thing to it: it cannot tell "
    "membrane from carbon then. Make a training set and a model for each."
)


def draw(session: Session, ui: Ui) -> None:
    if not header("Features", session):
        return
    opened = session.active
    if opened is None:
        faint("Open a tomogram to draw on it.")
        return
    if opened.trouble:
        plain(opened.trouble)
        return
    if opened.annotation is None:
        faint("Opening the annotation…" if opened.moves_to is None else "Copying the annotation…")
        return
    with steady("tools", ui):
        toolbox.draw(session, ui)
    name = f"features of {opened.ref.path}"
    for _, _, feature in in_places(name, opened.features, ui, key=lambda each: each.id):
        feature_panel.draw(session, opened, feature, ui)
    if not opened.features:
        faint("Add a feature, then draw it on the slice.")
    if len(opened.features) > 1:
        faint("Each feature gets a model of its own.")
        tooltip(_ONE_CLASS)
    imgui.dummy(ImVec2(0, 0))
    with off_where(changes.read_only(session)):
        _draw_add(session, ui, first=not opened.features)


def _draw_add(session: Session, ui: Ui, *, first: bool) -> None:
    """Draw the button for a new feature, or for one of the library where that holds any."""
    add = action("add-feature")
    centre_button(add.label, ui)
    if not session.library:
        action_button(session, add, ui, primary=first)
        return
    if button(f"{add.label}###add-feature", add.tooltip, primary=first, ui=ui):
        imgui.open_popup("library")
    _draw_library(session, ui)


def _draw_library(session: Session, ui: Ui) -> None:
    """Offer the features that are kept for every project."""
    if not imgui.begin_popup("library"):
        return
    if imgui.menu_item_simple("New feature###new"):
        features.add(session)
    tooltip("A feature of the next colour.")
    imgui.separator()
    widest = max(
        (imgui.calc_text_size(labels.shown(each.name)).x for each in session.library), default=0.0
    )
    looks = known_looks(session)
    for _, _, template in in_places("known", session.library, ui, key=lambda each: each.name):
        _draw_template(session, template, looks[template.name], widest)
    imgui.end_popup()


def _draw_template(session: Session, template: Template, colour: Colour, width: float) -> None:
    """Offer a feature of the library, in the colour that its name has; the longest name takes `width`."""
    chip(colour, imgui.get_font_size() * 0.7)
    known = labels.label(template.name, f"known {template.name}")
    # The cross stands beside the longest name, not on it.
    if row(known, chosen=False, width=width + icon_width() + imgui.get_font_size()):
        features.add(session, template.feature())
    tooltip(f"Brush {template.brush_px:g} px, boxes of {counted(template.box_size, 'pixel')}.")
    to_the_right(icon_width())
    label = labels.label(icons_fontawesome_6.ICON_FA_XMARK, f"forget {template.name}")
    if remove_button(label, "Take this feature out of the library."):
        library.forget(session, template.name)
