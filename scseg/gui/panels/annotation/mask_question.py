"""Asks which values of a mask volume of another program are the feature."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.annotation import mask_import
from scseg.datasets.mask_values import usual_threshold
from scseg.datasets.mask_volume import MaskMeaning
from scseg.datasets.mask_volume import number as written
from scseg.gui.widgets import button, plain, question, tooltip

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.mask_question import MaskQuestion
    from scseg.state.session import Session

TITLE = "Import mask volume"


def draw(session: Session, ui: Ui) -> None:
    asked = session.mask_question
    if asked is not None and asked.opened not in session.tomograms:
        mask_import.cancel(session)
    if session.mask_question is not None and not imgui.is_popup_open(TITLE):
        imgui.open_popup(TITLE)
    with question(TITLE, ui, 480.0) as is_open:
        if is_open:
            if session.mask_question is not None:
                _draw_question(session, session.mask_question, ui)
            if session.mask_question is None:
                imgui.close_current_popup()


def _draw_question(session: Session, asked: MaskQuestion, ui: Ui) -> None:
    values, meaning = asked.values, asked.meaning
    name = next((each.name for each in asked.opened.features if each.id == asked.feature), "")
    plain(f"Which values of {values.path.name} are {name}?")
    if values.kind() == "labels":
        meaning = _draw_ways(asked, meaning)
    imgui.set_next_item_width(200 * ui.scale)
    if meaning.threshold is None:
        label = _draw_values("label of the feature###label", asked, meaning.label)
        meaning = replace(meaning, label=label)
    else:
        meaning = _draw_threshold(asked, meaning)
    if values.counts:
        imgui.set_next_item_width(200 * ui.scale)
        ignore = _draw_values("ignored###ignore", asked, meaning.ignore, none="nothing")
        tooltip(
            "A label of what its maker was not sure of: training neither rewards nor punishes it."
        )
        meaning = replace(meaning, ignore=ignore)
    mask_import.choose_meaning(session, meaning)
    imgui.dummy(ImVec2(0, 4 * ui.scale))
    if button("Import###import", "Add it to what is drawn.", primary=True, ui=ui):
        mask_import.answer(session)
    imgui.same_line()
    if button("Cancel###cancel", "Leave the annotation as it is."):
        mask_import.cancel(session)


def _draw_ways(asked: MaskQuestion, meaning: MaskMeaning) -> MaskMeaning:
    """Draw the choice between one label and a threshold: whole numbers can be scores, too."""
    by_label = meaning.threshold is None
    if imgui.radio_button("one label###one", by_label) and not by_label:
        first = next(value for value in asked.values.counts if value)
        return replace(meaning, label=first, threshold=None)
    imgui.same_line()
    if imgui.radio_button("all from a threshold on###above", not by_label) and by_label:
        return replace(meaning, label=None, threshold=usual_threshold(asked.values))
    return meaning


def _draw_values(
    name: str, asked: MaskQuestion, chosen: float | None, none: str | None = None
) -> float | None:
    """Draw a list of the values with their shares, with `none` for none of them; return what is chosen."""
    if imgui.begin_combo(name, none or "" if chosen is None else written(chosen)):
        if none is not None and imgui.selectable(f"{none}###none", chosen is None)[0]:
            chosen = None
        for value, count in asked.values.counts.items():
            text = f"{written(value)}   {count / asked.values.voxels:.2%}###{written(value)}"
            if imgui.selectable(text, value == chosen)[0]:
                chosen = value
        imgui.end_combo()
    return chosen


def _draw_threshold(asked: MaskQuestion, meaning: MaskMeaning) -> MaskMeaning:
    values = asked.values
    _, threshold = imgui.input_float("and above###threshold", meaning.threshold or 0.0, format="%g")
    tooltip(f"Values go from {written(values.lowest)} to {written(values.highest)}.")
    return replace(meaning, threshold=threshold)
