"""The button that holds a model against labelled boxes, and the menu of these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.models import checking
from scseg.gui.widgets import chip, pill_button, tooltip
from scseg.runtime.display import labels

if TYPE_CHECKING:
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

EXPLAINED = (
    "Predict labelled boxes, and tell which threshold is best, what predicted values mean, and which labels "
    "disagree with the model."
)


def draw(session: Session, model: Model) -> None:
    if pill_button("check…###check", EXPLAINED, checking.obstacle(model)):
        imgui.open_popup("check with")
    if imgui.begin_popup("check with"):
        _draw_choices(session, model)
        imgui.end_popup()


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
    for feature in opened.features:
        why = checking.feature_obstacle(opened, feature)
        chip(feature.colour, imgui.get_font_size() * 0.7)
        label = labels.label(f"Boxes of {feature.name} here", f"feature {feature.id}")
        if imgui.menu_item_simple(label, enabled=not why):
            checking.check_feature(session, model, opened, feature)
        tooltip(
            why
            or "As they are annotated now, with those of the negatives of 'Create a training dataset'."
        )
