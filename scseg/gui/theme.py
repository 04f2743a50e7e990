"""Dresses ImGui: colours made of a palette, and measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, ImVec4, imgui

from scseg.runtime.display.palettes import mixed

if TYPE_CHECKING:
    from scseg.runtime.display.palettes import Palette
    from scseg.state.models import Colour

Col = imgui.Col_


PILL = 99.0
"""A rounding that makes a control's ends half circles, whatever its height."""


def rgba(colour: Colour, alpha: float = 1.0) -> ImVec4:
    return ImVec4(*colour, alpha)


def packed(colour: Colour, alpha: float = 1.0) -> int:
    """Return a colour as draw lists take it."""
    return imgui.color_convert_float4_to_u32(rgba(colour, alpha))


def apply(palette: Palette, monitor_scale: float, scale: float) -> None:
    """Dress ImGui for a monitor's scale and the user's; the runner has scaled text for the monitor."""
    style = imgui.get_style()
    style.font_scale_main = scale
    _measures(style, monitor_scale * scale)
    for name, colour in (_surfaces(palette) | _controls(palette)).items():
        style.set_color_(name, colour)


def _measures(style: imgui.Style, scale: float) -> None:
    def size(x: float, y: float) -> ImVec2:
        return ImVec2(round(x * scale), round(y * scale))

    style.window_padding = size(12, 10)
    style.frame_padding = size(8, 4)
    style.cell_padding = size(6, 3)
    style.item_spacing = size(8, 7)
    style.item_inner_spacing = size(6, 4)
    style.indent_spacing = round(16 * scale)
    style.scrollbar_size = round(11 * scale)
    style.grab_min_size = round(14 * scale)
    style.window_border_size = 0.0
    style.child_border_size = 1.0
    style.popup_border_size = 1.0
    style.frame_border_size = 0.0
    style.tab_bar_border_size = 1.0
    style.window_rounding = round(8 * scale)
    style.child_rounding = round(7 * scale)
    style.popup_rounding = round(7 * scale)
    style.frame_rounding = round(5 * scale)
    style.grab_rounding = PILL
    style.scrollbar_rounding = PILL
    style.tab_rounding = round(5 * scale)
    style.selectable_rounding = round(5 * scale)
    style.menu_item_rounding = round(4 * scale)
    style.hover_stationary_delay = 0.1
    style.hover_delay_normal = 0.45


def _surfaces(p: Palette) -> dict[Col, ImVec4]:
    clear = rgba(p.panel, 0.0)
    return {
        Col.text: rgba(p.text),
        Col.text_disabled: rgba(p.faint),
        Col.text_link: rgba(p.accent),
        Col.text_selected_bg: rgba(p.accent, 0.35),
        Col.window_bg: rgba(p.panel),
        Col.child_bg: clear,
        Col.popup_bg: rgba(p.card),
        Col.border: rgba(p.border),
        Col.border_shadow: clear,
        Col.menu_bar_bg: rgba(p.window),
        Col.title_bg: rgba(p.header),
        Col.title_bg_active: rgba(p.header),
        Col.title_bg_collapsed: rgba(p.header),
        Col.modal_window_dim_bg: ImVec4(0.0, 0.0, 0.0, 0.25),
        Col.table_header_bg: rgba(p.header),
        Col.table_row_bg_alt: rgba(p.header, 0.35),
        Col.plot_histogram: rgba(p.accent),
        Col.plot_histogram_hovered: rgba(p.accent),
    }


def _controls(p: Palette) -> dict[Col, ImVec4]:
    hovered = mixed(p.frame, p.text, 0.08)
    pressed = mixed(p.frame, p.text, 0.16)
    clear = rgba(p.panel, 0.0)
    return {
        Col.frame_bg: rgba(p.frame),
        Col.frame_bg_hovered: rgba(hovered),
        Col.frame_bg_active: rgba(pressed),
        Col.scrollbar_bg: clear,
        Col.scrollbar_grab: rgba(p.frame),
        Col.scrollbar_grab_hovered: rgba(hovered),
        Col.scrollbar_grab_active: rgba(pressed),
        Col.check_mark: rgba(p.on_accent),
        Col.checkbox_selected_bg: rgba(p.accent),
        Col.slider_grab: rgba(mixed(p.frame, p.accent, 0.45)),
        Col.slider_grab_active: rgba(mixed(p.frame, p.accent, 0.7)),
        Col.button: rgba(p.frame),
        Col.button_hovered: rgba(hovered),
        Col.button_active: rgba(pressed),
        Col.header: rgba(mixed(p.header, p.frame, 0.5)),
        Col.header_hovered: rgba(mixed(p.header, p.text, 0.08)),
        Col.header_active: rgba(mixed(p.header, p.text, 0.14)),
        Col.separator: rgba(p.border),
        Col.separator_hovered: rgba(p.accent, 0.6),
        Col.separator_active: rgba(p.accent),
        Col.resize_grip: clear,
        Col.resize_grip_hovered: rgba(p.accent, 0.5),
        Col.resize_grip_active: rgba(p.accent),
        Col.tab: clear,
        Col.tab_hovered: rgba(mixed(p.header, p.text, 0.08)),
        Col.tab_selected: rgba(p.header),
        Col.tab_selected_overline: rgba(p.accent),
        Col.tab_dimmed: clear,
        Col.tab_dimmed_selected: rgba(p.header),
        Col.tab_dimmed_selected_overline: rgba(p.accent),
        Col.input_text_cursor: rgba(p.accent),
        Col.nav_cursor: rgba(p.accent),
    }
