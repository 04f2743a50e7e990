"""Masks changed in one go: lasso, bucket, copies, what lies between two slices, clearing."""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.annotation import changes, long_changes
from scseg.actions.view import browsing
from scseg.annotations import steps
from scseg.drawing.bucket import enclosed_area
from scseg.drawing.interpolation import interpolate_masks
from scseg.drawing.polygon import polygon_interior
from scseg.state.tomograms import Outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.annotations.annotation import Annotation
    from scseg.annotations.contents import Contents
    from scseg.annotations.edits import Step
    from scseg.annotations.feature import Feature
    from scseg.base.progress import Report
    from scseg.drawing.region import Area, Point
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def fill_polygon(session: Session, corners: Sequence[Point], label: int) -> None:
    """Give the inside of a closed line on the slice in view, (y, x) in voxels, a label."""
    opened = session.active
    if opened is not None:
        _fill(session, Outline(opened, opened.z, label, list(corners)))


def end_outline(session: Session) -> None:
    """Let go of the line that is being drawn: fill what it encloses, unless it is a mere click."""
    outline, session.outline = session.outline, None
    if outline is not None and outline.alone and not outline.is_click:
        _fill(session, outline)


def fill_bucket(session: Session, at: Point, label: int) -> None:
    """Fill what a closed contour of the chosen feature encloses around a position."""
    found = changes.current(session)
    if found is None:
        changes.ask_for_feature(session)
        return
    opened, drawn, feature = found
    area = enclosed_area(drawn.contents.mask(feature.id, opened.z), at)
    if area is None:
        session.notify(
            "info", f"Nothing of {feature.name} closes around this place: mend its contour."
        )
        return
    _paint(session, Outline(opened, opened.z, label), area, "fill")


def copy_to(session: Session, by: int) -> None:
    """Add what is drawn of the chosen feature on this slice to the slice `by` further, and show that."""
    found = changes.current(session)
    if found is None:
        return
    opened, drawn, feature = found
    target = opened.z + by
    if not (can_copy(session) and 0 <= target < opened.shape[0]):
        return
    source = drawn.contents.mask(feature.id, opened.z)
    mask = drawn.contents.mask(feature.id, target)
    mask[source > 0] = source[source > 0]
    step = steps.change_masks(drawn.contents, feature.id, {target: mask}, f"copy {feature.name}")
    changes.apply_step(session, opened, step)
    browsing.set_slice(session, target)


def can_copy(session: Session) -> bool:
    """Tell whether something of the chosen feature is drawn on the slice in view."""
    found = changes.current(session)
    if found is None or not changes.can_change(session):
        return False
    opened, drawn, feature = found
    return opened.z in drawn.slices(feature.id)


def interpolate(session: Session) -> None:
    """Draw the chosen feature on the slices between two on which it is drawn."""
    found = changes.current(session)
    if found is None:
        return
    opened, drawn, feature = found
    ends = gap(drawn, feature, opened.z)
    if ends is None:
        session.notify(
            "info", f"Draw {feature.name} on a slice before and on one after this one first."
        )
        return
    if not changes.may_change(session, opened):
        return
    title = f"Interpolating {feature.name}, slices {ends[0] + 2} to {ends[1]}"
    work = partial(_between, drawn.contents.snapshot(), feature, ends)
    session.requests.append(long_changes.change(session, opened, title, work))


def gap(drawn: Annotation, feature: Feature, z: int) -> tuple[int, int] | None:
    """Return the two drawn slices around slice z, or next to it, that have empty ones between them."""
    slices = drawn.slices(feature.id)
    gaps = [pair for pair in itertools.pairwise(slices) if pair[1] - pair[0] > 1]
    around = [(low, high) for low, high in gaps if low <= z <= high]
    # On a slice that ends one gap and begins another, the one ahead is meant.
    return around[-1] if around else None


def clear(session: Session, opened: OpenTomogram, feature: Feature, slices: Sequence[int]) -> None:
    """Remove what is drawn of a feature on some slices."""
    if opened.annotation is not None:
        step = steps.clear_slices(opened.annotation.contents, feature.id, slices)
        changes.apply_step(session, opened, step)


def _between(
    contents: Contents, feature: Feature, ends: tuple[int, int], report: Report
) -> Step | None:
    low, high = ends
    count = high - low - 1
    masks = {}
    first, last = (contents.mask(feature.id, z) for z in ends)
    for number, mask in enumerate(interpolate_masks(first, last, count)):
        report(number / count, f"slice {low + number + 2}")
        masks[low + 1 + number] = mask
    return steps.change_masks(contents, feature.id, masks, f"interpolate {feature.name}")


def _fill(session: Session, outline: Outline) -> None:
    if len(outline.path) > 2:
        area = polygon_interior(outline.opened.shape[1:], outline.path)
        _paint(session, outline, area, "lasso")


def _paint(session: Session, place: Outline, area: Area, what: str) -> None:
    """Give an area of the slice that an outline is on its label."""
    opened, feature = place.opened, changes.chosen_feature_of(place.opened)
    if opened.annotation is None or feature is None:
        changes.ask_for_feature(session)
        return
    contents = opened.annotation.contents
    mask = contents.mask(feature.id, place.z)
    area.paint(mask, place.label)
    step = steps.change_masks(contents, feature.id, {place.z: mask}, f"{what} {feature.name}")
    changes.apply_step(session, opened, step)
