"""The panel that tells where the next annotation would teach the models most."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.annotation import changes
from scseg.actions.models import advice
from scseg.gui.number_widgets import slice_range
from scseg.gui.widgets import (
    faint,
    header,
    icon_width,
    pill_button,
    row,
    small_button,
    to_the_right,
    tooltip,
)

if TYPE_CHECKING:
    from scseg.compute.messages import TomogramRef
    from scseg.gui.ui import Ui
    from scseg.state.advice import Advice, Place
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

MOST_ROWS = 8


@dataclass
class SlicesToSearch:
    """The first and the last slice to be searched of tomograms; where there is none, all are."""

    spans: dict[TomogramRef, tuple[int, int]] = field(default_factory=dict)


def draw(session: Session, ui: Ui) -> None:
    opened = session.active
    if opened is None or not any(model.weights for model in session.models):
        return
    if not header("Where next?", session):
        return
    count = opened.shape[0]
    spans = ui.state_of(SlicesToSearch).spans
    span = spans.get(opened.ref, (0, count - 1))
    spans[opened.ref] = slice_range(span, count, imgui.get_content_region_avail().x)
    _draw_button(session, spans[opened.ref])
    found = advice.current(session)
    if found is not None:
        _draw_places(session, opened, found)
    elif session.advice is not None:
        faint("Models or tomogram have changed since: search again.")


def _draw_button(session: Session, span: tuple[int, int]) -> None:
    explained = (
        f"Predict up to {advice.MOST_SLICES} of these slices, and list the boxes in which the active "
        "models are least certain or contradict one another: annotated, they teach most."
    )
    if pill_button("Find doubtful places###search", explained, advice.obstacle(session)):
        advice.search(session, *span)


def _draw_places(session: Session, opened: OpenTomogram, found: Advice) -> None:
    rows = min(len(found.places), MOST_ROWS)
    if rows:
        imgui.begin_child("places", ImVec2(0, rows * imgui.get_frame_height_with_spacing()))
        for number, place in enumerate(found.places):
            _draw_row(session, opened, found, (number, place))
        imgui.end_child()


def _draw_row(
    session: Session, opened: OpenTomogram, found: Advice, numbered: tuple[int, Place]
) -> None:
    number, place = numbered
    told = f"slice {place.z + 1}   y {place.y}   x {place.x}   doubt {place.doubt:.2f}"
    if row(f"{told}###place {number}", chosen=place == found.shown):
        advice.show(session, found, place)
    tooltip("Show this place.")
    to_the_right(icon_width())
    feature = changes.chosen_feature(session)
    if advice.has_box(opened, place):
        imgui.align_text_to_frame_padding()
        faint(icons_fontawesome_6.ICON_FA_CHECK)
        tooltip("There is a box here.")
    elif small_button(
        f"{icons_fontawesome_6.ICON_FA_PLUS}###box {number}",
        "Add a feature first: a box belongs to one."
        if feature is None
        else f"Place a box of {feature.name} here.",
    ):
        advice.place_box(session, place)
