"""What came of the checks of models: how far each can be trusted, and which labels disagree with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.models import checks
from scseg.gui.following import Followed
from scseg.gui.panels.models import reliability
from scseg.gui.panels.objects import table
from scseg.gui.widgets import button, chip, faint_lines, header, pill_button, plain, tooltip
from scseg.runtime.display import check_texts, labels

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.runtime.display.columns import Column
    from scseg.state.checks import CheckedModel, Drawn
    from scseg.state.models import Model
    from scseg.state.session import Session


@dataclass
class Listed:
    """The table of a check, and what it was made from."""

    numbers: list[int] = field(default_factory=list)
    of: object = None
    drawn: Drawn | None = None
    columns: tuple[Column, ...] = ()

    def update(self, session: Session, checked: CheckedModel) -> bool:
        """Be the table of the boxes that are left, made anew when these are others; tell of a new check."""
        drawn, is_new = checks.drawn(session, checked), self.of is not checked.found
        if is_new or self.drawn != drawn:
            self.of, self.drawn = checked.found, drawn
            self.numbers = checks.rows(session, checked)
            self.columns = check_texts.columns(checked.found, self.numbers)
        return is_new


@dataclass
class Lists:
    """The tables of the models that were checked, by their ids; one of a model that is gone goes with it."""

    of: dict[str, Listed] = field(default_factory=dict)


class Newest(Followed):
    """The check that was made last: nothing would be seen of what comes below the window's edge."""


def draw(session: Session, ui: Ui) -> None:
    """Draw what is known of each model that was checked."""
    checked = [model for model in session.models if model.checked is not None]
    lists = ui.state_of(Lists)
    lists.of = {model.id: lists.of.get(model.id, Listed()) for model in checked}
    if not checked or not header("How good is it?", session):
        return
    for model in checked:
        imgui.push_id(model.id)
        imgui.begin_group()
        _draw_model(session, model, ui)
        imgui.end_group()
        if model.checked is ui.state_of(Newest).chosen:
            ui.state_of(Newest).bring_into_view()
        imgui.pop_id()


def _draw_model(session: Session, model: Model, ui: Ui) -> None:
    chip(model.display.colour, imgui.get_font_size() * 0.7)
    plain(model.display.name)
    checked = checks.current(model)
    if checked is None:
        faint_lines("The model has changed since: check it again.")
        return
    listed = ui.state_of(Lists).of[model.id]
    if listed.update(session, checked):
        ui.state_of(Newest).choose(None, checked)
    _draw_found(model, checked, ui)
    _draw_boxes(session, model, (checked, listed), ui)


def _draw_found(model: Model, checked: CheckedModel, ui: Ui) -> None:
    found = checked.found
    faint_lines(f"{labels.shown(checked.of)}. {check_texts.judged_by(found)}")
    tooltip(found.why or "The model has not learnt from these boxes.")
    _draw_best(model, checked)
    faint_lines(check_texts.calibrated(found))
    if found.calibration.counts.any():
        tooltip(
            "How far predicted values are from the share of the feature, in the mean; 0 is best."
        )
        reliability.draw(found.calibration, ui)


def _draw_best(model: Model, checked: CheckedModel) -> None:
    best = checked.found.best
    told = check_texts.best(checked.found)
    if best is None:
        faint_lines(told)
    elif pill_button(f"{told}###best", "Set the threshold of this model's mask to it."):
        checks.use_best(model)


def _draw_boxes(session: Session, model: Model, found: tuple[CheckedModel, Listed], ui: Ui) -> None:
    checked, listed = found
    faint_lines(check_texts.listed(checked.found, len(listed.numbers)))
    if checks.is_stale(session, checked):
        faint_lines("The annotation may have changed since: check again for new numbers.")
    if listed.numbers:
        shown = checked.shown
        chosen = listed.numbers.index(shown) if shown in listed.numbers else None
        clicked = table.draw(f"###boxes {model.id}", listed.columns, chosen, ui)
        if clicked is not None:
            checks.show(session, model, listed.numbers[clicked])
    if button("Save table…###save-boxes", "Write the table of all boxes (.csv)."):
        checks.save_table(session, model)
