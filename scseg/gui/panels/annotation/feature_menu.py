"""The menu of a feature: its slices, boxes without the chore, files, its place in the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.annotation import areas, changes, exchange, features, library, mask_import
from scseg.actions.annotation import boxes as annotation_boxes
from scseg.actions.objects import positions
from scseg.actions.view import browsing
from scseg.base.formatting import counted, noun
from scseg.gui.number_widgets import goes_back
from scseg.gui.panel_list import in_places
from scseg.gui.widgets import (
    faint,
    icon_width,
    off_where,
    remove_button,
    row,
    to_the_right,
    tooltip,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.annotations.feature import Feature
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

    Run = Callable[[Session, OpenTomogram, Feature], None]

MOST_ROWS = 8

FILES: tuple[tuple[str, str, Run], ...] = (
    (
        "Export box coordinates…###boxes",
        "Write the centres of all boxes as lines x y z (.txt).",
        exchange.export_boxes,
    ),
    (
        "Export slice mask…###slice",
        "Write what is drawn on this slice as an image of 0 and 1 (.mrc).",
        exchange.export_slice,
    ),
    (
        "Export volume mask…###volume",
        "Write what is drawn on all slices as a volume of 0 and 1 (.mrc).",
        exchange.export_volume,
    ),
    (
        "Import positions as boxes…###positions",
        "Place a box on each position of a file: .star, .txt, .csv, .tsv, .coords, .tbl, .mod.",
        positions.choose_boxes,
    ),
    (
        "Import mask volume…###import",
        "Add a mask that another program has made of this tomogram: of two values, labels or scores.",
        mask_import.choose_import,
    ),
)


CHANGES = (mask_import.choose_import, positions.choose_boxes)


@dataclass
class BoxesToPlace:
    """How far apart boxes are placed along a mask, in pixels (0: half a box), and how many at random."""

    spacing: float = 0.0
    negatives: int = 20


@dataclass
class ListedSlices:
    """For how many rows the list of slices has room: as many as there were when the menu was opened."""

    rows: int = 1


def draw(session: Session, opened: OpenTomogram, feature: Feature, ui: Ui) -> None:
    """Draw the menu, if it is open, at the place of the item that opens it."""
    if not imgui.begin_popup("menu"):
        return
    _draw_slices(session, opened, feature, ui)
    imgui.separator()
    why = changes.read_only(session)
    with off_where(why):
        _draw_boxes(session, opened, feature, ui)
    imgui.separator()
    for label, explained, run in FILES:
        is_off = run in CHANGES and bool(why)
        if imgui.menu_item_simple(label, enabled=not is_off):
            run(session, opened, feature)
        tooltip(why if is_off else explained)
    imgui.separator()
    _draw_place(session, opened, feature, why)
    if imgui.menu_item_simple("Keep in the library###keep"):
        library.keep(session, feature)
    tooltip("Offer a feature of this name, colour, brush and box size whenever one is added.")
    imgui.end_popup()


def _draw_slices(session: Session, opened: OpenTomogram, feature: Feature, ui: Ui) -> None:
    if opened.annotation is None:
        return
    slices = changes.annotated_slices(opened.annotation, feature)
    faint("Annotated slices")
    opens, listed = imgui.is_window_appearing(), ui.state_of(ListedSlices)
    if opens:
        listed.rows = min(max(1, len(slices)), MOST_ROWS)
    # A row that is added meanwhile would push what is under the pointer.
    imgui.begin_child(
        "slices", ImVec2(210 * ui.scale, listed.rows * imgui.get_frame_height_with_spacing())
    )
    if not slices:
        imgui.align_text_to_frame_padding()
        faint("none yet")
    nearest = min(slices, key=lambda z: abs(z - opened.z), default=opened.z)
    for _, _, z in in_places("rows", slices, ui, key=lambda each: each):
        boxes = len(opened.annotation.contents.boxes.get((feature.id, z), ()))
        drawn = (feature.id, z) in opened.annotation.contents.masks
        _draw_row(session, opened, feature, (z, boxes, drawn))
        if z == nearest and opens:
            imgui.set_scroll_here_y()
    imgui.end_child()


def _draw_row(
    session: Session, opened: OpenTomogram, feature: Feature, facts: tuple[int, int, bool]
) -> None:
    z, boxes, drawn = facts
    told = (
        f"slice {z + 1}"
        + (f", {counted(boxes, 'box')}" if boxes else "")
        + ("" if drawn else ", no mask")
    )
    flags = imgui.SelectableFlags_.no_auto_close_popups
    if row(f"{told}###slice {z}", chosen=z == opened.z, flags=flags):
        browsing.set_slice(session, z)
    tooltip("Show this slice.")
    to_the_right(icon_width())
    label = f"{icons_fontawesome_6.ICON_FA_ERASER}###clear {z}"
    with off_where(changes.read_only(session)):
        if remove_button(label, "Clear what is drawn on this slice; its boxes stay."):
            areas.clear(session, opened, feature, [z])


def _draw_boxes(session: Session, opened: OpenTomogram, feature: Feature, ui: Ui) -> None:
    placing = ui.state_of(BoxesToPlace)
    spacing = placing.spacing or feature.box_size / 2
    width = 120 * ui.scale
    imgui.set_next_item_width(width)
    changed, spacing = imgui.drag_float("###spacing", spacing, 0.5, 2.0, 1024.0, "every %.0f px")
    explained = "How far apart the boxes stand. Drag, or double-click to type."
    if goes_back(explained, "half a box"):
        placing.spacing = 0.0
    elif changed:
        placing.spacing = max(2.0, spacing)
    imgui.same_line()
    if imgui.button("Boxes along the mask###along"):
        annotation_boxes.place_along(session, opened, feature, spacing)
    tooltip("Place boxes on what is drawn on this slice, beside those that are there.")
    imgui.set_next_item_width(width)
    changed, count = imgui.drag_int(
        "###count", placing.negatives, 0.2, 1, 500, f"%d {noun(placing.negatives, 'box')}"
    )
    explained = "How many boxes to place at random. Drag, or double-click to type."
    if goes_back(explained, f"{BoxesToPlace.negatives}"):
        placing.negatives = BoxesToPlace.negatives
    elif changed:
        placing.negatives = max(1, count)
    imgui.same_line()
    imgui.begin_disabled(ui.in_view is None)
    if imgui.button("Negatives in the view###negatives") and ui.in_view is not None:
        annotation_boxes.place_negatives(session, opened, feature, placing.negatives, ui.in_view)
    imgui.end_disabled()
    tooltip(
        "Place boxes at random where no feature is drawn or boxed: examples of what this one is not. Look "
        "them through: a box on what you did not draw teaches that it is none. Shift + right click takes it "
        "away."
    )


def _draw_place(session: Session, opened: OpenTomogram, feature: Feature, why: str) -> None:
    index = [each.id for each in opened.features].index(feature.id)
    last = index == len(opened.features) - 1
    if imgui.menu_item_simple("Move up###up", enabled=index > 0 and not why):
        features.move(session, opened, feature, -1)
    tooltip(why or "Move this feature up in the list.")
    if imgui.menu_item_simple("Move down###down", enabled=not last and not why):
        features.move(session, opened, feature, 1)
    tooltip(why or "Move this feature down in the list.")
