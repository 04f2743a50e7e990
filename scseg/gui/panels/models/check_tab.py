"""The tab Check of a model: how far it can be trusted, and which labels disagree with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.models import checking, checks
from scseg.gui.panels.models import reliability
from scseg.gui.panels.objects import table
from scseg.gui.widgets import button, chip, faint_lines, pill_button, tooltip
from scseg.runtime.display import check_texts, labels

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.runtime.display.columns import Column
    from scseg.state.checks import CheckedModel
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

EXPLAINED = (
    "Predict labelled boxes, and tell which threshold is best, what predicted values mean, and which labels "
    "disagree with the model."
)


@dataclass
class Listed:
    """The table of a check, and what it was made from."""

    numbers: list[int] = field(default_factory=list)
    of: object = None
    columns: tuple[Column, ...] = ()

    def update(self, session: Session, checked: CheckedModel) -> None:
        """Be the table of the boxes that are left; made anew when these are others."""
        numbers = checks.rows(session, checked)
        if self.of is not checked.found or self.numbers != numbers:
            self.of, self.numbers = checked.found, numbers
            self.columns = check_texts.columns(checked.found, numbers)


@dataclass
class Lists:
    """The tables of all models, by their ids."""

    of: dict[str, Listed] = field(default_factory=dict)


def draw(session: Session, model: Model, ui: Ui) -> None:
    if pill_button("Check…###check", EXPLAINED, checking.obstacle(model)):
        imgui.open_popup("check with")
    if imgui.begin_popup("check with"):
        _draw_choices(session, model)
        imgui.end_popup()
    checked = checks.current(model)
    if checked is not None:
        _draw_found(session, model, checked, ui)
    elif model.checked is not None and not model.checking:
        faint_lines("The model has changed since it was checked: check it again.")


def _draw_choices(session: Session, model: Model) -> None:
    """Draw the menu of the boxes that the model can be held against."""
    planned = model.plan.training_set
    if planned is not None:
        name = f"The training set {Path(planned.path).name}"
        if imgui.menu_item_simple(labels.label(name, "own set")):
            checking.check_set(session, model, Path(planned.path))
        tooltip(
            "Boxes that were held out from training judge the model best, where there are some."
        )
    if imgui.menu_item_simple("A training set…###set"):
        checking.choose_set(session, model)
    tooltip("Choose a file (.scnt).")
    if session.active is not None:
        imgui.separator()
        _draw_features(session, model, session.active)


def _draw_features(session: Session, model: Model, opened: OpenTomogram) -> None:
    why = checking.feature_obstacle(opened)
    for feature in opened.features:
        chip(feature.colour, imgui.get_font_size() * 0.7)
        label = labels.label(f"Boxes of {feature.name} here", f"feature {feature.id}")
        if imgui.menu_item_simple(label, enabled=not why):
            checking.check_feature(session, model, opened, feature)
        tooltip(
            why
            or "As they are annotated now, with those of the negatives of 'Create a training dataset'."
        )


def _draw_found(session: Session, model: Model, checked: CheckedModel, ui: Ui) -> None:
    found = checked.found
    faint_lines(f"{labels.shown(checked.of)}. {check_texts.judged_by(found)}")
    tooltip(found.why or "The model has not learnt from these boxes.")
    _draw_best(model, checked)
    faint_lines(check_texts.calibrated(found))
    tooltip("How far predicted values are from the share of the feature, in the mean; 0 is best.")
    reliability.draw(found.calibration, ui)
    _draw_boxes(session, model, checked, ui)


def _draw_best(model: Model, checked: CheckedModel) -> None:
    best = checked.found.best
    told = check_texts.best(checked.found)
    if best is None:
        faint_lines(told)
    elif pill_button(f"{told}###best", "Set the threshold of this model's mask to it."):
        checks.use_best(model)


def _draw_boxes(session: Session, model: Model, checked: CheckedModel, ui: Ui) -> None:
    listed = ui.state_of(Lists).of.setdefault(model.id, Listed())
    listed.update(session, checked)
    faint_lines(check_texts.listed(checked.found, len(listed.numbers)))
    if checks.is_stale(session, checked):
        faint_lines("The annotation has changed since: check again for new numbers.")
    if listed.numbers:
        shown = checked.shown
        chosen = listed.numbers.index(shown) if shown in listed.numbers else None
        clicked = table.draw("###boxes", listed.columns, chosen, ui)
        if clicked is not None:
            checks.show(session, model, listed.numbers[clicked])
    if button("Save table…###save-boxes", "Write the table of all boxes (.csv)."):
        checks.save_table(session, model)
