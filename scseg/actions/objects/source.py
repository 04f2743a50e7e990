"""Where objects and picks are taken from: what is drawn of a feature, or a volume in a file."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.annotation import changes
from scseg.actions.view import view
from scseg.annotations.drawn_feature import DrawnFeature
from scseg.base.errors import ScsegError
from scseg.base.file_names import fit_file_name
from scseg.base.progress import sub_report
from scseg.datasets.coordinates.grid import without_suffix
from scseg.datasets.mask_values import survey, usual_threshold
from scseg.datasets.mask_volume import MaskMeaning, MaskVolume, check_shape
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.written_volume import own_content
from scseg.models.description import safe_name
from scseg.objects.feature_volume import (
    USUAL_THRESHOLD,
    FeatureVolume,
    decided_feature,
    predicted_feature,
)
from scseg.state.objects import DrawnSource, VolumeSource
from scseg.state.panel_layout import Stage
from scseg.state.requests import FilesToOpen, Work

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.annotations.feature import Feature
    from scseg.annotations.packed_masks import PackedMask
    from scseg.base.progress import Report
    from scseg.datasets.tomogram import Tomogram
    from scseg.objects.feature_volume import FeatureSlices
    from scseg.state.objects import Source
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def current(opened: OpenTomogram) -> Source | None:
    """Return what is chosen, else what is drawn of the feature that tools draw; None without any."""
    match opened.objects.source:
        case VolumeSource() as volume:
            return volume
        case DrawnSource(feature=feature) as drawn if _feature(opened, feature) is not None:
            return drawn
    chosen = changes.chosen_feature_of(opened)
    return None if chosen is None else DrawnSource(chosen.id)


def name_of(opened: OpenTomogram, source: Source | None) -> str:
    """Return what a source is called."""
    match source:
        case VolumeSource(volume=volume):
            return volume.path.name
        case DrawnSource(feature=feature):
            found = _feature(opened, feature)
            return "a feature that was removed" if found is None else found.name
    return "nothing"


def told_of(opened: OpenTomogram, source: Source | None) -> str:
    """Return in a sentence what of a source is taken for the feature."""
    match source:
        case VolumeSource(are_objects=True):
            return "Each value is an object."
        case VolumeSource():
            try:
                return _of_volume(source).told
            except ScsegError as error:
                return str(error)
        case DrawnSource(feature=feature):
            slices = len(drawn_masks(opened, feature))
            depth = opened.shape[0]
            if slices == depth:
                return ""
            return (
                f"Drawn on {slices} of {depth} slices: objects are what hangs together there. "
                "Interpolate, or choose a prediction, to have whole ones."
            )
    return (
        "Draw a feature, or choose a volume: a mask or a prediction of this tomogram. The stage Export "
        "writes what your models predict."
    )


def choose_volume(session: Session, opened: OpenTomogram) -> None:
    """Ask for a mask, prediction or volume of labels, of this or another program."""
    session.requests.append(_choose(session, opened, partial(use, opened)))


def choose_other_volume(session: Session, opened: OpenTomogram) -> None:
    """Ask for a mask or prediction that distances are measured to."""
    session.requests.append(_choose(session, opened, partial(use_as_other, opened)))


def use_volume(session: Session, opened: OpenTomogram, path: Path, threshold: float) -> None:
    """Take a volume that this program has written of a tomogram, and show the stage Objects.

    Scores count from `threshold` on: that of the model, or what the user has seen them at.
    """

    def take(source: VolumeSource) -> None:
        if source.values is None and not source.are_objects:
            source = replace(source, meaning=MaskMeaning(threshold=threshold))
        use(opened, source)

    session.requests.append(looked(session, opened, path, take))
    view.set_stage(session, Stage.OBJECTS)


def use(opened: OpenTomogram, source: Source) -> None:
    opened.objects.source = source


def use_as_other(opened: OpenTomogram, source: Source | None) -> None:
    """Measure distances to a source; None: to nothing."""
    opened.objects.other = source


def set_meaning(opened: OpenTomogram, meaning: MaskMeaning, *, are_objects: bool = False) -> None:
    """Say what the values of the chosen volume mean."""
    source = opened.objects.source
    if isinstance(source, VolumeSource):
        opened.objects.source = replace(source, meaning=meaning, are_objects=are_objects)


def feature_slices(opened: OpenTomogram, source: Source) -> FeatureSlices:
    """Return what a source has, for a thread: what is drawn afterwards is not in it.

    Raises:
        ScsegError: the meaning of a volume's values cannot be, or the feature is gone.
    """
    match source:
        case DrawnSource(feature=feature) if opened.annotation is not None:
            contents = opened.annotation.contents.snapshot()
            return DrawnFeature(opened.as_told, contents, feature)
        case VolumeSource():
            told = replace(source, volume=as_told(opened, source.volume))
            return _of_volume(told)
    raise ScsegError(f"The annotation of {opened.name} is not there: choose a volume.")


def as_told(opened: OpenTomogram, volume: Tomogram) -> Tomogram:
    """Return a volume with the tomogram's voxel size, which the user may have told."""
    return replace(volume, voxel_size=opened.voxel_size)


def drawn_masks(opened: OpenTomogram, feature: str) -> tuple[PackedMask, ...]:
    """Return the masks of a feature by slice: while these are the same, so is what is found in them."""
    if opened.annotation is None:
        return ()
    masks = opened.annotation.contents.masks
    slices = opened.annotation.slices(feature)
    return tuple(masks[feature, z] for z in slices)


def proposed_file(opened: OpenTomogram, source: Source | None, ending: str) -> Path:
    """Return a name, beside the tomogram, for a file of what comes of a source."""
    return proposed_name(opened, name_of(opened, source), ending)


def proposed_name(opened: OpenTomogram, of: str, ending: str) -> Path:
    """Return a name, beside the tomogram, for a file of what is called `of`: a feature, or a volume."""
    path = opened.tomogram.path
    name = without_suffix(of)
    if not name.startswith(path.stem):
        name = f"{path.stem}__{name}" if name else path.stem
    return path.with_name(fit_file_name(safe_name(re.sub(r"[^\w.-]+", "_", name)), ending))


def looked_at(volume: Tomogram, report: Report) -> VolumeSource:
    """Find out what is in a volume, and what of it may be meant to begin with.

    Raises:
        ScsegError: it cannot be read, or holds one value alone.
        CancelledError: from `report`.
    """
    content = own_content(volume)
    if content == "objects":
        return VolumeSource(volume, are_objects=True)
    if content == "prediction":
        return VolumeSource(volume, meaning=MaskMeaning(threshold=USUAL_THRESHOLD))
    values = survey(volume, report)
    match values.kind():
        case "one value":
            raise ScsegError(
                f"{volume.path.name} holds one value alone: there is nothing in it. Choose another volume."
            )
        case "two values":
            meaning = MaskMeaning()
        case "labels":
            meaning = MaskMeaning(label=next(value for value in values.counts if value))
        case "scores":
            meaning = MaskMeaning(threshold=usual_threshold(values))
    return VolumeSource(volume, values, meaning)


def _choose(
    session: Session, opened: OpenTomogram, then: Callable[[VolumeSource], None]
) -> Workflow:
    title = f"Choose a mask or prediction of {opened.name}"
    chosen: tuple[Path, ...] = yield FilesToOpen("tomogram", title)
    yield from looked(session, opened, chosen[0], then)


def looked(
    session: Session, opened: OpenTomogram, path: Path, then: Callable[[VolumeSource], None]
) -> Workflow:
    """Find out what is in a volume of a tomogram; `then` takes it, unless that was closed meanwhile."""
    look = partial(_open, path, opened.shape, opened.name)
    source: VolumeSource = yield Work(f"Looking at {path.name}", look)
    if opened in session.tomograms:
        then(source)


def _open(path: Path, shape: tuple[int, int, int], name: str, report: Report) -> VolumeSource:
    volume = open_tomogram(path, report=sub_report(report, 0.0, 0.4))
    check_shape(volume, shape, name)
    return looked_at(volume, sub_report(report, 0.4, 1.0))


def _of_volume(source: VolumeSource) -> FeatureVolume:
    if source.are_objects:
        told = f"In {source.volume.path.name}, every object is the feature."
        every = MaskVolume(source.volume, MaskMeaning(threshold=1.0), told)
        return FeatureVolume(every, 1.0, 1.0, told)
    if source.values is None:
        return predicted_feature(source.volume, source.meaning)
    return decided_feature(source.volume, source.values, source.meaning)


def _feature(opened: OpenTomogram, feature_id: str) -> Feature | None:
    return next((each for each in opened.features if each.id == feature_id), None)
