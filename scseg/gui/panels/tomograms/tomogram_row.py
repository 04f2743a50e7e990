"""A row of Datasets: the name of a tomogram, what is annotated in it, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.tomograms import closing, relinking, reopening, tomogram_list
from scseg.gui.panels.tomograms import tomogram_menu
from scseg.gui.theme import packed, rgba
from scseg.gui.widgets import icon_width, remove_button, small_button, to_the_right, tooltip
from scseg.runtime.display import labels, tomogram_texts
from scseg.state.tomograms import OpenTomogram

if TYPE_CHECKING:
    from scseg.actions.tomograms.listing import Row
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import MissingTomogram

RELINK = "Relink…"
CHIP, MOST_CHIPS = 9.0, 8


def draw(session: Session, row: Row, ui: Ui) -> None:
    entry = row.entry
    trouble = tomogram_texts.trouble(entry)
    size = ImVec2(imgui.get_content_region_avail().x, imgui.get_frame_height())
    is_active = entry is session.active
    flags = imgui.SelectableFlags_.allow_overlap
    clicked, _ = imgui.selectable(labels.label("", row.path.name), is_active, flags, size)
    tooltip(tomogram_texts.about(entry, trouble))
    if is_active:
        _mark_active(ui)
    wide = icon_width()
    if trouble:
        wide += imgui.calc_text_size(RELINK).x + 2 * imgui.get_style().frame_padding.x
    _draw_name(row, wide + _draw_chips(entry, wide, ui), ui, stands_back=bool(trouble))
    tomogram_menu.draw(session, entry, ui)
    if clicked:
        _choose(session, entry)
    to_the_right(wide)
    if trouble:
        if small_button(f"{RELINK}###relink", "Show where its file is now."):
            relinking.choose_moved(session, entry)
        imgui.same_line(0, 0)
    if remove_button(f"{icons_fontawesome_6.ICON_FA_XMARK}###close", "Close this tomogram."):
        closing.close(session, entry)


def _draw_name(row: Row, beside: float, ui: Ui, *, stands_back: bool) -> None:
    """Write the name into the row drawn last, shortened to end `beside` before its right end."""
    sign = f"{icons_fontawesome_6.ICON_FA_LINK_SLASH}  " if stands_back else ""
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    place = ImVec2(low.x + 14 * ui.scale, (low.y + high.y - imgui.get_text_line_height()) / 2)
    end = ImVec2(high.x - beside - 4 * ui.scale, high.y)
    text = f"{sign}{labels.shown(row.label)}"
    colour = ui.palette.warning if stands_back else ui.palette.text
    imgui.push_style_color(imgui.Col_.text, rgba(colour))
    draw, size = imgui.get_window_draw_list(), imgui.calc_text_size(text)
    imgui.internal.render_text_ellipsis(draw, place, end, end.x, text, size)
    imgui.pop_style_color()


def _draw_chips(entry: OpenTomogram | MissingTomogram, beside: float, ui: Ui) -> float:
    """Draw a disk for each feature that is annotated, `beside` before the row's end; return their width."""
    if not isinstance(entry, OpenTomogram):
        return 0.0
    features = tomogram_texts.annotated_features(entry)[:MOST_CHIPS]
    radius = CHIP * ui.scale / 2
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    for place, feature in enumerate(reversed(features)):
        middle = ImVec2(high.x - beside - radius * (1 + 2.6 * place), (low.y + high.y) / 2)
        imgui.get_window_draw_list().add_circle_filled(middle, radius, packed(feature.colour))
    return 2.6 * radius * len(features)


def _mark_active(ui: Ui) -> None:
    # A selectable reaches half a space beyond its column, which is clipped.
    inset = imgui.get_style().item_spacing.x / 2
    corner = imgui.get_item_rect_min() + ImVec2(inset, 0)
    end = ImVec2(corner.x + 3 * ui.scale, imgui.get_item_rect_max().y)
    imgui.get_window_draw_list().add_rect_filled(corner, end, packed(ui.palette.accent), 2)


def _choose(session: Session, entry: OpenTomogram | MissingTomogram) -> None:
    if isinstance(entry, OpenTomogram):
        tomogram_list.activate(session, entry)
    else:
        reopening.open_missing(session, entry)
