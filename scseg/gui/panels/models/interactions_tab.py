"""The tab Interactions of a model: whether it competes, and the rules that it keeps to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import icons_fontawesome_6, imgui

from scseg.actions.models import interactions
from scseg.gui.number_widgets import as_typed, goes_back
from scseg.gui.panel_list import in_places
from scseg.gui.steady import steady
from scseg.gui.theme import PILL
from scseg.gui.widgets import (
    checkbox,
    chip,
    choice,
    faint,
    icon_width,
    pill_button,
    remove_button,
    toggle,
    tooltip,
)
from scseg.interactions.rules import Rule
from scseg.runtime.display import labels

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.interactions.rules import RuleKind
    from scseg.state.models import Model
    from scseg.state.session import Session

KINDS: dict[RuleKind, tuple[str, str]] = {
    "avoid": (
        "Avoid",
        "Nothing of this model is left within the radius of what the partner finds.",
    ),
    "colocalise": ("Colocalise", "Of this model only what lies within the radius of it is left."),
}
LARGEST_RADIUS = 200.0
"""Of the slider, in nm; a larger one can be typed."""


def draw(session: Session, model: Model, ui: Ui) -> None:
    _draw_competition(session, model)
    for place, number, rule in in_places("rules", model.interaction.rules, ui):
        imgui.push_id(str(place))
        with steady("rule", ui):
            _draw_rule(session, model, number, rule)
        imgui.pop_id()
    _draw_add(session, model, ui)
    if model.interaction.rules:
        _draw_deep(session)
    if not imgui.is_any_item_active():
        interactions.commit(session)


def _draw_competition(session: Session, model: Model) -> None:
    imgui.align_text_to_frame_padding()
    imgui.text_unformatted("Model competition:")
    emit, absorb = model.interaction.emit, model.interaction.absorb
    imgui.same_line()
    emit = toggle(
        "emit", emit, "Models that absorb are 0 wherever this model predicts a higher value."
    )
    imgui.same_line()
    absorb = toggle(
        "absorb", absorb, "This model is 0 wherever one that emits predicts a higher value."
    )
    interactions.change(session, model, replace(model.interaction, emit=emit, absorb=absorb))


def _draw_rule(session: Session, model: Model, number: int, rule: Rule) -> None:
    imgui.align_text_to_frame_padding()
    imgui.text_unformatted(f"{number + 1}")
    imgui.same_line()
    new = _draw_kind(rule)
    imgui.same_line()
    removed = remove_button(
        f"{icons_fontawesome_6.ICON_FA_XMARK}###remove rule", "Remove this rule."
    )
    new = _draw_partner(session, rule, new)
    partner = interactions.partner(session, rule)
    new = _draw_sliders(new, "" if partner is None else partner.display.name)
    if partner is not None and (resting := interactions.why_resting(partner, session.active)):
        faint(f"Rests: {resting}.")
    if removed:
        interactions.remove_rule(session, model, number)
    elif new != rule:
        interactions.change_rule(session, model, number, new)


def _draw_kind(rule: Rule) -> Rule:
    imgui.set_next_item_width(_beside_the_cross())
    return replace(rule, kind=choice("###kind", rule.kind, KINDS))


def _draw_partner(session: Session, before: Rule, rule: Rule) -> Rule:
    partner = interactions.partner(session, before)
    name = "" if partner is None else partner.display.name
    if partner is not None:
        place = imgui.get_cursor_pos_y()
        imgui.set_cursor_pos_y(place + imgui.get_style().frame_padding.y)
        chip(partner.display.colour, imgui.get_font_size() * 0.7)
        imgui.set_cursor_pos_y(place)
    imgui.set_next_item_width(-1)
    if imgui.begin_combo("###partner", labels.shown(name)):
        for each in session.models:
            chip(each.display.colour, imgui.get_font_size() * 0.7)
            label = labels.label(each.display.name, each.id)
            if imgui.selectable(label, each is partner)[0]:
                rule = replace(rule, partner=each.id)
        imgui.end_combo()
    else:
        tooltip(f"The model that this rule looks at: {name}.")
    return rule


def _beside_the_cross() -> float:
    return imgui.get_content_region_avail().x - icon_width() - imgui.get_style().item_spacing.x


def _draw_sliders(rule: Rule, partner: str) -> Rule:
    flags = imgui.SliderFlags_.always_clamp
    imgui.push_style_var(imgui.StyleVar_.frame_rounding, PILL)
    imgui.set_next_item_width(-1)
    moved, radius = imgui.slider_float(
        "###radius", rule.radius, 0.0, LARGEST_RADIUS, "radius = %.1f nm"
    )
    explained = "How far the partner reaches, from each pixel that it finds. Ctrl + click to type."
    if goes_back(explained, f"{Rule.radius:g} nm"):
        moved, radius = True, Rule.radius
    imgui.set_next_item_width(-1)
    shown = f"{labels.formatted(partner)} threshold = %.2f"
    changed, threshold = imgui.slider_float("###threshold", rule.threshold, 0.01, 1.0, shown, flags)
    if goes_back(
        "The partner finds something where its value reaches this.", f"{Rule.threshold:.2f}"
    ):
        changed, threshold = True, Rule.threshold
    imgui.pop_style_var()
    if moved:
        rule = replace(rule, radius=max(0.0, min(as_typed(radius), 10_000.0)))
    if changed:
        rule = replace(rule, threshold=as_typed(threshold))
    return rule


def _draw_add(session: Session, model: Model, ui: Ui) -> None:
    width = 46 * ui.scale
    imgui.set_cursor_pos_x((imgui.get_window_width() - width) / 2)
    explained = "Add a rule: what this model is to avoid, or to keep to."
    if pill_button("+###add rule", explained, width=width):
        interactions.add_rule(session, model)


def _draw_deep(session: Session) -> None:
    if checkbox(
        "in volumes, rules act in 3-D",
        session.settings.rules_in_3d,
        "In a volume, a partner reaches into the slices above and below, too. In the window, and with\n"
        "this off, rules act within each slice. It holds for all models; a group's file keeps it.",
    ):
        interactions.toggle_deep(session)
