"""Picks: how they are found, their list, what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.objects import curating, picking, positions
from scseg.gui.number_widgets import Range, slider
from scseg.gui.panels.objects import picks_out, table
from scseg.gui.widgets import button, choice, clicked_again, faint_lines, off_where
from scseg.objects.picking import PEAK_SPACING, PickSettings
from scseg.runtime.display.pick_texts import columns_of, score_range, told_of_picks

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.objects.picking import Method
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

METHODS: dict[Method, tuple[str, str]] = {
    "peaks": (
        "peaks of the scores###peaks",
        "Each place where the source, smoothed to the size of a particle, is highest: for particles in a "
        "prediction, also where they touch.",
    ),
    "centres": (
        "centres of objects###centres",
        "The middle of each object, parted and sized as above: for particles that are well apart.",
    ),
    "filaments": (
        "along filaments###filaments",
        "Points along filaments, with their directions: microtubules, actin.",
    ),
}
FILAMENT = 250.0
"""A: the usual thickness, that of microtubules."""


def draw(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    _draw_settings(opened)
    with off_where(picking.obstacle(session, opened)):
        explained = "Find particles in the source. They take the place of the picks that there are."
        first = not len(picking.picks_of(opened))
        if button("Pick###pick", explained, primary=first, ui=ui):
            picking.start(session, opened)
    imgui.same_line()
    with off_where(picking.may_not_change(session, opened)):
        if button(
            "Open positions…###positions",
            "Take positions of a file for picks: .star of RELION or Warp, .txt, .csv, .tsv, .coords, .tbl of "
            "Dynamo, .mod of IMOD.",
        ):
            positions.choose(session, opened)
    if len(picking.picks_of(opened)):
        _draw_list(session, opened, ui)
        picks_out.draw(session, opened, ui)
    else:
        faint_lines("No picks yet. Shift + click on the slice places one.")


def _draw_settings(opened: OpenTomogram) -> None:
    settings = opened.objects.picking
    imgui.set_next_item_width(-1)
    method = choice("###method", settings.method, METHODS)
    if method != settings.method:
        settings = replace(settings, method=method, diameter=settings.diameter, spacing=None)
    settings = _draw_diameter(settings)
    settings = _draw_spacing(settings)
    margin = slider(
        "margin",
        settings.margin,
        Range(0.0, 1000.0, "%.0f A margin", 0.0),
        "So far from every face of the volume a pick has to be.",
    )
    if margin is not None:
        settings = replace(settings, margin=max(0.0, margin))
    picking.set_picking(opened, settings)


def _draw_diameter(settings: PickSettings) -> PickSettings:
    """Draw the size of a particle: 0 finds it out."""
    if settings.method == "centres":
        return settings
    along = settings.method == "filaments"
    nothing = "thickness?" if along else "automatic diameter"
    shown = "%.0f A thick" if along else "%.0f A diameter"
    value = settings.diameter or 0.0
    usual = FILAMENT if along else 0.0
    diameter = slider(
        "diameter",
        value,
        Range(0.0, 2000.0, shown if value else nothing, usual, logarithmic=True),
        "How thick a filament is."
        if along
        else "How large a particle is, in A: a ribosome 270. At 0 "
        "that of the typical object is taken.",
    )
    if diameter is None:
        return settings
    return replace(settings, diameter=round(diameter) or None)


def _draw_spacing(settings: PickSettings) -> PickSettings:
    along = settings.method == "filaments"
    value = settings.spacing or 0.0
    if along:
        nothing, explained = "spacing: the thickness", "From point to point along a filament."
    elif settings.method == "peaks":
        nothing = f"spacing: {PEAK_SPACING:g} of the diameter"
        explained = "Of particles that are closer, the one with the better score stays."
    else:
        nothing, explained = (
            "any spacing",
            "Of particles that are closer, the one with the better score stays.",
        )
    spacing = slider(
        "spacing",
        value,
        Range(0.0, 2000.0, "%.0f A spacing" if value else nothing, 0.0, logarithmic=True),
        explained,
    )
    return settings if spacing is None else replace(settings, spacing=round(spacing) or None)


def _draw_list(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    """Draw the score from which on picks count, and those that do."""
    picked = picking.picks_of(opened)
    low, high = score_range(picked)
    if high > low:
        with off_where(picking.may_not_change(session, opened)):
            least = slider(
                "least",
                low if picked.least is None else picked.least,
                Range(low, high, "%.3g least score", low),
                "Picks of a lower score are left out: on the slice, in the list, in files.",
            )
        if least is not None:
            curating.set_least(opened, least)
    faint_lines(told_of_picks(picked))
    columns, numbers = columns_of(picked)
    chosen = opened.objects.pick
    row = next((i for i, number in enumerate(numbers.tolist()) if number == chosen), None)
    clicked = table.draw("###picks", columns, row, ui)
    if clicked is not None:
        curating.show(session, opened, int(numbers[clicked]))
    faint_lines("On the slice, a click on a pick removes it, Shift + click adds one.")
    with off_where(picking.may_not_change(session, opened)):
        if (
            button("Remove all###clear", "Remove all picks; undo brings them back.")
            and not clicked_again()
        ):
            curating.clear(session, opened)
