"""The window's own controls: ImGui's, dressed alike, each with its tooltip."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from imgui_bundle import ImVec2, ImVec4, icons_fontawesome_6, imgui

from scseg.actions.view import view
from scseg.base.printable import printable, printable_lines
from scseg.gui.steady import steady
from scseg.gui.theme import PILL, packed, rgba
from scseg.runtime.display.labels import told_apart
from scseg.runtime.display.palettes import mixed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scseg.actions.action import Action
    from scseg.gui.ui import Ui
    from scseg.state.models import Colour
    from scseg.state.session import Session

Option = TypeVar("Option")
Col, Var = imgui.Col_, imgui.StyleVar_
TOOLTIP_WIDTH = 24.0


def tooltip(text: str) -> None:
    """Explain the control drawn last, when the mouse rests on it; also where it is disabled.

    Not while a text is typed, which the tooltip could hide.
    """
    flags = imgui.HoveredFlags_.for_tooltip | imgui.HoveredFlags_.allow_when_disabled
    text = "" if imgui.get_io().want_text_input else text
    if text and imgui.is_item_hovered(flags) and imgui.begin_tooltip():
        imgui.push_text_wrap_pos(imgui.get_font_size() * TOOLTIP_WIDTH)
        imgui.text_unformatted(printable_lines(text))
        imgui.pop_text_wrap_pos()
        imgui.end_tooltip()


@contextmanager
def question(title: str, ui: Ui, width: float = 0.0) -> Iterator[bool]:
    """Draw a popup over the middle of the window, `width` points wide or as its content is; yield if open.

    The rest of the window waits until it is answered.
    """
    middle = imgui.get_main_viewport().get_center()
    imgui.set_next_window_pos(middle, imgui.Cond_.appearing, ImVec2(0.5, 0.5))
    imgui.set_next_window_size(ImVec2(width * ui.scale, 0))
    flags = imgui.WindowFlags_.no_resize if width else imgui.WindowFlags_.always_auto_resize
    shown, _ = imgui.begin_popup_modal(title, None, flags | imgui.WindowFlags_.no_saved_settings)
    yield shown
    if shown:
        imgui.end_popup()


def checkbox(label: str, value: bool, explained: str) -> bool:  # noqa: FBT001 - as ImGui's own
    """Draw a round checkbox; return whether it was clicked."""
    imgui.push_style_var(Var.frame_rounding, PILL)
    padding = imgui.get_style().frame_padding
    imgui.push_style_var(Var.frame_padding, ImVec2(padding.x, padding.y * 0.5))
    clicked, _ = imgui.checkbox(label, value)
    imgui.pop_style_var(2)
    tooltip(explained)
    return clicked


def toggle(label: str, value: bool, explained: str) -> bool:  # noqa: FBT001 - as ImGui's own
    """Draw a round checkbox; return what it is now."""
    return value ^ checkbox(label, value, explained)


def button(label: str, explained: str, *, primary: bool = False, ui: Ui | None = None) -> bool:
    """Draw a rounded button; return whether it was clicked. A primary one has the accent's colour."""
    imgui.push_style_var(Var.frame_rounding, PILL)
    imgui.push_style_var(Var.frame_padding, imgui.get_style().frame_padding * ImVec2(1.8, 1.2))
    if primary and ui is not None:
        accent = ui.palette.accent
        imgui.push_style_color(Col.button, rgba(accent))
        imgui.push_style_color(Col.button_hovered, rgba(mixed(accent, ui.palette.text, 0.12)))
        imgui.push_style_color(Col.button_active, rgba(mixed(accent, ui.palette.text, 0.24)))
        imgui.push_style_color(Col.text, rgba(ui.palette.on_accent))
    clicked = imgui.button(label)
    if primary and ui is not None:
        imgui.pop_style_color(4)
    imgui.pop_style_var(2)
    tooltip(explained)
    return clicked


def pill_button(label: str, explained: str, obstacle: str = "", width: float = -1.0) -> bool:
    """Draw a rounded button of a width, by default as wide as the panel; return whether it was clicked.

    Where there is an obstacle it is grey, and its tooltip tells which.
    """
    imgui.push_style_var(Var.frame_rounding, PILL)
    imgui.begin_disabled(bool(obstacle))
    clicked = imgui.button(label, ImVec2(width, 0))
    imgui.end_disabled()
    imgui.pop_style_var()
    tooltip(obstacle or explained)
    return clicked


def choice(
    name: str,
    chosen: Option,
    options: Mapping[Option, tuple[str, str]],
    shown: str = "{}",
    about_all: str = "",
) -> Option:
    """Draw a list to choose from; return what is chosen now.

    Each option has a label and a tooltip. Those of the closed list are the chosen option's: its label in the
    format `shown`, its tooltip unless there is one `about_all`.
    """
    label, explained = options[chosen]
    if not imgui.begin_combo(name, shown.format(label.partition("###")[0])):
        tooltip(about_all or explained)
        return chosen
    clicked = chosen
    for option, (each, about) in options.items():
        if imgui.selectable(each, option == chosen)[0]:
            clicked = option
        tooltip(about)
    imgui.end_combo()
    return clicked


def colour_field(colour: Colour, explained: str) -> Colour:
    """Draw a square of a colour that opens a picker; return the colour as it is now."""
    flags = imgui.ColorEditFlags_.no_inputs | imgui.ColorEditFlags_.no_tooltip
    changed, new = imgui.color_edit3("###colour", ImVec4(*colour, 1.0), flags)
    tooltip(explained)
    return (new.x, new.y, new.z) if changed else colour


def row(label: str, *, chosen: bool, flags: int = 0, width: float = 0.0) -> bool:
    """Draw a line of a list beside which there is room for buttons; return whether it was clicked."""
    imgui.push_style_var(Var.selectable_text_align, ImVec2(0.0, 0.5))
    size = ImVec2(width, imgui.get_frame_height())
    clicked, _ = imgui.selectable(label, chosen, imgui.SelectableFlags_.allow_overlap | flags, size)
    imgui.pop_style_var()
    return bool(clicked)


def centre_button(label: str, ui: Ui) -> None:
    """Go to where a button with a label has to begin to stand in the middle of the panel."""
    width = imgui.calc_text_size(label).x
    imgui.set_cursor_pos_x((imgui.get_window_width() - width) / 2 - 14 * ui.scale)


def action_button(session: Session, action: Action, ui: Ui, *, primary: bool = False) -> None:
    """Draw a button that does a command, greyed while that is not possible."""
    imgui.begin_disabled(not action.enabled(session))
    key = f" ({action.shortcuts[0]})" if action.shortcuts else ""
    if button(f"{action.label}###{action.id}", f"{action.tooltip}{key}", primary=primary, ui=ui):
        action.run(session)
    imgui.end_disabled()


def small_button(label: str, explained: str) -> bool:
    """Draw a button without a face until the mouse is on it, for icons beside text."""
    imgui.push_style_color(Col.button, rgba((0.0, 0.0, 0.0), 0.0))
    clicked = imgui.button(label)
    imgui.pop_style_color()
    tooltip(explained)
    return clicked


def remove_button(label: str, explained: str) -> bool:
    """Draw a `small_button` that removes something: a double click does not remove what moves there, too."""
    return small_button(label, explained) and not clicked_again()


def clicked_again() -> bool:
    """Tell whether a click is the second of a double one, whose first may have put something else here."""
    return bool(imgui.get_io().mouse_clicked_last_count[imgui.MouseButton_.left] >= 2)


def icon_width(icon: str = icons_fontawesome_6.ICON_FA_COPY) -> float:
    """Return the width of a `small_button` with an icon; most are no wider than the usual one."""
    return imgui.calc_text_size(icon).x + 2 * imgui.get_style().frame_padding.x


def to_the_right(width: float) -> None:
    """Go on in the line drawn last, at its right end, where `width` is left."""
    imgui.same_line(imgui.get_cursor_pos_x() + imgui.get_content_region_avail().x - width)


def chip(colour: Colour, size: float) -> None:
    """Draw a small disk of a colour on the line of text, and go on beside it."""
    place = imgui.get_cursor_screen_pos()
    middle = ImVec2(place.x + size / 2, place.y + imgui.get_text_line_height() / 2)
    imgui.get_window_draw_list().add_circle_filled(middle, size / 2, packed(colour))
    imgui.dummy(ImVec2(size, imgui.get_text_line_height()))
    imgui.same_line()


def header(label: str, session: Session) -> bool:
    """Draw a collapsing header; return whether what is under it is to be drawn."""
    opened = label not in session.panels.shut
    imgui.set_next_item_open(opened)
    imgui.push_style_var(Var.frame_padding, imgui.get_style().frame_padding * ImVec2(1.0, 1.3))
    shown = bool(imgui.collapsing_header(label))
    imgui.pop_style_var()
    if shown != opened:
        view.set_header(session, label, opened=shown)
    return shown


@contextmanager
def off_where(why: str) -> Iterator[None]:
    """Draw whole lines of controls, off where something tells `why`; items of menus widen their window."""
    imgui.begin_group()
    imgui.begin_disabled(bool(why))
    yield
    imgui.end_disabled()
    imgui.end_group()
    tooltip(why)


def unfolded(name: str, session: Session) -> bool:
    """Draw a triangle before the title of a panel; return whether what is under the title is to be drawn.

    `name` is the id of the feature or the model.
    """
    folded = name in session.panels.folded
    imgui.push_style_color(Col.button, rgba((0.0, 0.0, 0.0), 0.0))
    clicked = imgui.arrow_button("###fold", imgui.Dir.right if folded else imgui.Dir.down)
    imgui.pop_style_color()
    tooltip("Show the whole panel." if folded else "Fold the panel: its title stays.")
    imgui.same_line(0, 0)
    if clicked:
        view.set_folded(session, name, folded=not folded)
    return folded == clicked


@contextmanager
def card(name: str, ui: Ui) -> Iterator[None]:
    """Draw what is inside on a framed sheet as high as it needs, or `steady` while the pointer is below."""
    with steady(name, ui):
        imgui.push_style_color(Col.child_bg, rgba(ui.palette.card))
        flags = imgui.ChildFlags_.borders | imgui.ChildFlags_.auto_resize_y
        imgui.begin_child(
            told_apart(name), ImVec2(0, 0), flags | imgui.ChildFlags_.always_use_window_padding
        )
        # After an exception the guard around the panel ends what is open, in the right order.
        yield
        imgui.end_child()
        imgui.pop_style_color()


def faint(text: str) -> None:
    """Write text that stands back, whatever is in it."""
    imgui.text_disabled(printable_lines(text))


def faint_lines(text: str) -> None:
    """Write text that stands back, in as many lines as it needs."""
    imgui.push_text_wrap_pos(0.0)
    faint(text)
    imgui.pop_text_wrap_pos()


def plain(text: str) -> None:
    """Write text, whatever is in it, in as many lines as it needs."""
    imgui.text_wrapped(printable_lines(text))


def warning(text: str, ui: Ui) -> None:
    """Write what the user should see to, whatever is in it, in as many lines as it needs."""
    imgui.push_style_color(Col.text, packed(ui.palette.warning))
    plain(text)
    imgui.pop_style_color()


def warning_below(text: str, ui: Ui) -> None:
    """Write a warning below the control drawn last, over what is there: nothing moves when it comes."""
    imgui.set_next_window_pos(ImVec2(imgui.get_item_rect_min().x, imgui.get_item_rect_max().y))
    if imgui.begin_tooltip():
        imgui.push_text_wrap_pos(imgui.get_font_size() * TOOLTIP_WIDTH)
        warning(text, ui)
        imgui.pop_text_wrap_pos()
        imgui.end_tooltip()


def text_field(
    told: str, text: str, flags: int = imgui.InputTextFlags_.none, hint: str = ""
) -> tuple[bool, str]:
    """Draw a field for a text; return what ImGui tells, and the text as it was unless it is edited.

    A `hint` stands in it as long as it is empty.
    """
    before = printable(text)
    changed, after = imgui.input_text_with_hint(told, hint, before, flags)
    return bool(changed), text if after == before else after
