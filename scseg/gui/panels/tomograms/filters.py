"""The panel Filters: how grey values become light and dark. For the eye only; networks see raw data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import ImVec2, ImVec4, imgui, implot

from scseg.actions.annotation import changes, cropping
from scseg.actions.tomograms import tomogram_list
from scseg.gui.number_widgets import Range, slider
from scseg.gui.panels.tomograms import filter_stack
from scseg.gui.theme import rgba
from scseg.gui.widgets import checkbox, faint, header, off_where, toggle
from scseg.runtime.display.histogram import bars, limited, number_format

LARGEST = float(np.finfo(np.float32).max) / 2

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.runtime.display.histogram import Moved
    from scseg.runtime.tomograms.slice_reader import SliceImage
    from scseg.state.session import Session
    from scseg.state.tomograms import Contrast, OpenTomogram


def draw(session: Session, ui: Ui) -> None:
    if not header("Filters", session):
        return
    opened = session.active
    if opened is None or ui.on_screen.shown is None:
        faint(_nothing(session))
        return
    image = ui.on_screen.shown.seen
    limits = opened.contrast.limits(image.automatic)
    dragged = _draw_histogram(image, limits, ui)
    least = (image.span[1] - image.span[0]) * 1e-4
    contrast = limited(opened.contrast, limits, dragged, least)
    contrast = limited(contrast, limits, _draw_sliders(image, limits), least)
    contrast = _ticked(contrast, limits)
    if contrast != opened.contrast:
        tomogram_list.set_contrast(session, contrast)
    imgui.same_line()
    _draw_crop(session, opened)
    filter_stack.draw(opened, ui)


def _nothing(session: Session) -> str:
    """Return why there is no histogram."""
    if session.active is None:
        return "Open a tomogram to see its histogram."
    return "This slice is not read."


def _draw_histogram(image: SliceImage, limits: tuple[float, float], ui: Ui) -> Moved:
    """Draw the histogram, and a line for each limit; return the limits that were dragged elsewhere."""
    moved: Moved = None, None
    low, high = image.span
    middles, width = bars(image)
    inside = (middles >= limits[0]) & (middles <= limits[1])
    implot.push_style_var(implot.StyleVar_.plot_padding, ImVec2(0, 0))
    implot.push_style_color(implot.Col_.frame_bg, ImVec4(0, 0, 0, 0))
    implot.push_style_color(implot.Col_.plot_bg, rgba(ui.palette.card))
    implot.push_style_color(implot.Col_.plot_border, rgba(ui.palette.border))
    size = ImVec2(-1, 84 * ui.scale)
    flags = implot.Flags_.canvas_only | implot.Flags_.no_inputs
    if implot.begin_plot("###histogram", size, flags):
        bare = implot.AxisFlags_.no_decorations
        implot.setup_axes("", "", bare, bare)
        implot.setup_axes_limits(low, high, 0, float(image.counts.max()) * 1.08, imgui.Cond_.always)
        for chosen, colour in ((~inside, ui.palette.faint), (inside, ui.palette.accent)):
            spec = implot.Spec(fill_color=rgba(colour, 0.9), line_weight=0.0)
            implot.plot_bars(
                "",
                np.ascontiguousarray(middles[chosen]),
                np.ascontiguousarray(image.counts[chosen]),
                width * 0.86,
                spec=spec,
            )
        moved = _draw_lines(image.span, limits, ui)
        implot.end_plot()
    implot.pop_style_color(3)
    implot.pop_style_var()
    return moved


def _draw_lines(span: tuple[float, float], limits: tuple[float, float], ui: Ui) -> Moved:
    """Draw the limits as lines to be dragged; one beyond the histogram waits at its edge."""
    found: list[float | None] = []
    for number, (limit, seen_as) in enumerate(zip(limits, ("black", "white"), strict=True)):
        place = max(span[0], min(limit, span[1]))
        colour = rgba(ui.palette.text, 0.8)
        changed, new, _, hovered, held = implot.drag_line_x(
            number,
            place,
            colour,
            2 * ui.scale,
            out_clicked=False,
            out_hovered=False,
            out_held=False,
        )
        if hovered and not held:
            imgui.set_tooltip(f"Drag the grey value that is shown as {seen_as}.")
        found.append(max(span[0], min(new, span[1])) if changed else None)
    return found[0], found[1]


def _draw_sliders(image: SliceImage, limits: tuple[float, float]) -> Moved:
    # Beyond half of what its numbers can be, ImGui's sliders do not work.
    low = max(-LARGEST, min(image.span[0], limits[0]))
    high = min(LARGEST, max(image.span[1], limits[1]))
    shown = number_format(low, high)
    minimum = slider(
        "min",
        limits[0],
        Range(low, high, f"min {shown}", image.automatic[0]),
        "The grey value shown as black.",
    )
    maximum = slider(
        "max",
        limits[1],
        Range(low, high, f"max {shown}", image.automatic[1]),
        "The grey value shown as white.",
    )
    return minimum, maximum


def _ticked(contrast: Contrast, limits: tuple[float, float]) -> Contrast:
    inverted = toggle("inverted", contrast.inverted, "Swap black and white (I).")
    imgui.same_line()
    if checkbox("auto", contrast.auto, "Set black and white by each slice's own grey values (A)."):
        contrast = replace(contrast, minimum=limits[0], maximum=limits[1], auto=not contrast.auto)
    imgui.same_line()
    explained = "Smooth between voxels instead of squares."
    interpolate = toggle("interpolate", contrast.interpolate, explained)
    return replace(contrast, inverted=inverted, interpolate=interpolate)


def _draw_crop(session: Session, opened: OpenTomogram) -> None:
    """Draw the switch of the crop and, while it is on, its slices."""
    crop = opened.crop
    if crop is None:
        return
    why = changes.read_only(session)
    with off_where(why):
        clicked = checkbox(
            "crop",
            crop.enabled,
            "Look at a part of the tomogram (C): pull its corners and edges on the slice, move it by its "
            "middle.",
        )
    if clicked:
        cropping.toggle(session)
        return
    if not crop.enabled:
        return
    slices = (1.0, float(opened.shape[0]))
    with off_where(why):
        first = slider(
            "first",
            crop.z0 + 1,
            Range(*slices, "from slice %.0f", 1),
            "The first slice of the crop.",
        )
        last = slider(
            "last",
            crop.z1,
            Range(*slices, "to slice %.0f", slices[1]),
            "The last slice of the crop.",
        )
    if first is not None:
        cropping.edit(session, opened, replace(crop, z0=min(round(first), crop.z1) - 1))
    if last is not None:
        cropping.edit(session, opened, replace(crop, z1=max(round(last), crop.z0 + 1)))
