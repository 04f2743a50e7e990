"""Where objects and picks are taken from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.objects import source as sources
from scseg.datasets.mask_values import usual_threshold
from scseg.datasets.mask_volume import MaskMeaning
from scseg.datasets.mask_volume import number as written
from scseg.gui.number_widgets import Range, slider
from scseg.gui.widgets import button, chip, faint_lines, to_the_right, tooltip
from scseg.objects.feature_volume import USUAL_THRESHOLD
from scseg.runtime.display import labels
from scseg.state.objects import DrawnSource, VolumeSource

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram
    from scseg.state.volume_overlays import VolumeOverlay

EXPLAINED = (
    "What objects, picks and measurements are taken from: what is drawn of a feature, or a volume. "
    "A network's prediction has scores, which tell good picks from bad ones; a drawn mask has none."
)


def draw(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    source = sources.current(opened)
    _draw_choice(session, opened, ui)
    if isinstance(source, VolumeSource):
        _draw_meaning(opened, source)
    told = sources.told_of(opened, source)
    if told:
        faint_lines(told)


def _draw_choice(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    """Draw the list of features, and the button that chooses a volume."""
    source = sources.current(opened)
    browse = imgui.calc_text_size("Browse…").x + 36 * ui.scale
    imgui.set_next_item_width(imgui.get_content_region_avail().x - browse)
    name = "choose a source" if source is None else labels.shown(sources.name_of(opened, source))
    if imgui.begin_combo("###source", name):
        for feature in opened.features:
            chip(feature.colour, imgui.get_font_size() * 0.7)
            chosen = source == DrawnSource(feature.id)
            if imgui.selectable(labels.label(feature.name, f"of {feature.id}"), chosen)[0]:
                sources.use(opened, DrawnSource(feature.id))
            tooltip("What is drawn of this feature on all slices.")
        for overlay in session.volumes.over(opened.ref.path):
            _draw_volume(session, opened, overlay)
        if not opened.features:
            imgui.text_disabled("No feature is drawn: browse for a volume.")
        imgui.end_combo()
    tooltip(EXPLAINED)
    to_the_right(browse - imgui.get_style().item_spacing.x)
    if button("Browse…###browse", "A mask, a prediction or labels of this tomogram, in a file."):
        sources.choose_volume(session, opened)


def _draw_volume(session: Session, opened: OpenTomogram, overlay: VolumeOverlay) -> None:
    """Offer a volume that is shown over the tomogram."""
    chip(overlay.display.colour, imgui.get_font_size() * 0.7)
    path, source = overlay.volume.path, opened.objects.source
    chosen = isinstance(source, VolumeSource) and source.volume.path == path
    if imgui.selectable(labels.label(path.name, f"volume {overlay.id}"), chosen)[0]:
        sources.use_volume(session, opened, path, overlay.display.threshold)
    tooltip("A volume that is shown over the tomogram.")


def _draw_meaning(opened: OpenTomogram, source: VolumeSource) -> None:
    """Draw what the user may have to say about the values of a volume."""
    values = source.values
    if values is None:
        if not source.are_objects:
            _draw_score(opened, source)
        return
    if values.kind() == "labels":
        _draw_ways(opened, source)
    if source.meaning.threshold is not None:
        _draw_threshold(opened, source)
    elif source.meaning.label is not None and not source.are_objects:
        _draw_labels(opened, source)


def _draw_score(opened: OpenTomogram, source: VolumeSource) -> None:
    """Draw the threshold of a prediction of this program."""
    limits = Range(0.01, 1.0, "%.2f threshold", USUAL_THRESHOLD)
    moved = slider(
        "threshold",
        source.meaning.threshold or 0.0,
        limits,
        "Voxels with at least this value are the feature.",
    )
    if moved is not None:
        sources.set_meaning(opened, MaskMeaning(threshold=moved))


def _draw_ways(opened: OpenTomogram, source: VolumeSource) -> None:
    """Draw the choice what whole numbers are: labels of features, scores, or numbers of objects."""
    values, meaning = source.values, source.meaning
    if values is None:
        return
    first = next(value for value in values.counts if value)
    ways = (
        ("one label###one", MaskMeaning(label=first), False, "One of the values is the feature."),
        (
            "from a threshold on###above",
            MaskMeaning(threshold=usual_threshold(values)),
            False,
            "The values are scores.",
        ),
        (
            "each is an object###each",
            meaning,
            True,
            "The values number objects that are found already.",
        ),
    )
    for label, means, are_objects, explained in ways:
        by_label = (meaning.threshold is None) == (means.threshold is None)
        chosen = source.are_objects if are_objects else by_label and not source.are_objects
        if imgui.radio_button(label, chosen) and not chosen:
            sources.set_meaning(opened, means, are_objects=are_objects)
        tooltip(explained)


def _draw_threshold(opened: OpenTomogram, source: VolumeSource) -> None:
    values = source.values
    if values is None or source.are_objects:
        return
    limits = Range(values.lowest, values.highest, "%.4g threshold", usual_threshold(values))
    moved = slider(
        "threshold",
        source.meaning.threshold or 0.0,
        limits,
        f"Values of at least this are the feature. They go from {written(values.lowest)} to "
        f"{written(values.highest)}.",
    )
    if moved is not None:
        sources.set_meaning(opened, replace(source.meaning, threshold=moved))


def _draw_labels(opened: OpenTomogram, source: VolumeSource) -> None:
    values, chosen = source.values, source.meaning.label
    if values is None or chosen is None:
        return
    imgui.set_next_item_width(-1)
    if imgui.begin_combo("###label", f"label {written(chosen)}"):
        for value, count in values.counts.items():
            text = f"{written(value)}   {count / values.voxels:.2%}###{written(value)}"
            if imgui.selectable(text, value == chosen)[0]:
                sources.set_meaning(opened, MaskMeaning(label=value))
            tooltip("Voxels of this value are the feature.")
        imgui.end_combo()
    tooltip("Which value of the volume is the feature.")
