"""What a model finds becomes annotation, to be mended by hand.

It is added to what is drawn: what the user drew or marked as ignored stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scseg.actions.annotation import changes, known_names, strokes
from scseg.annotations import steps
from scseg.annotations.edits import Step
from scseg.annotations.feature import Feature
from scseg.annotations.feature_names import free_name, told_apart
from scseg.annotations.packed_masks import pack
from scseg.base.labels import BACKGROUND, FEATURE
from scseg.interactions.rules import models_needed
from scseg.interactions.slice_interactions import SliceInteractions
from scseg.preview import needed_slices
from scseg.state.active_models import is_active
from scseg.state.requests import Work
from scseg.state.slice_batch import SliceBatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.annotations.packed_masks import PackedMask
    from scseg.base.progress import Report
    from scseg.base.rect import Rect
    from scseg.interactions.rules import SettingsByModel
    from scseg.state.models import Model
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.slice_batch import Arrays
    from scseg.state.tomograms import OpenTomogram

    Found = Mapping[int, PackedMask]


TRIES = 10
"""Where the annotation is changed meanwhile, what was found is drawn into it as it is by then."""


@dataclass(frozen=True, eq=False)
class _Finding:
    """How a model's mask comes about on any slice; `part` is the crop."""

    model: str
    threshold: float
    interactions: SettingsByModel
    apix: float
    part: Rect

    def mask(self, arrays: Arrays) -> NDArray[np.uint8]:
        """Return what is left of the model as labels, uint8 (y, x)."""
        found = np.zeros(arrays[self.model].shape, np.bool_)
        inside = self.part.slices
        found[inside] = arrays[self.model][inside] >= np.float32(self.threshold)
        rules = self.interactions[self.model].rules
        kept = SliceInteractions(arrays, self.interactions).allowed(self.model, rules, self.apix)
        if kept is not None:
            found &= kept
        return found.view(np.uint8)


def feature_of(session: Session, opened: OpenTomogram, model: Model) -> Feature:
    """Return a new feature called as a model, in the colour of that name, or of the model if nothing has it.

    Where a feature of the tomogram has the name already, the new one gets a number.
    """
    display = model.display
    name = free_name(display.name or known_names.UNNAMED, known_names.names_in(opened))
    return Feature(name, known_names.known_looks(session).get(name, display.colour))


def copy(
    session: Session, opened: OpenTomogram, model: Model, feature: Feature, slices: range
) -> None:
    """Add what a model finds on some slices to a feature, which is added too if it is new."""
    if opened.apix is None or not changes.may_change(session, opened):
        return
    acting = needed_slices.interactions(session, opened)
    wanted = models_needed([model.id], acting)
    requests = {}
    for z in slices:
        asked = needed_slices.requests_of_slice(session, opened, z)
        if model.id in asked:
            requests[z] = {each: asked[each] for each in wanted}
    interactions = {each: acting[each] for each in wanted}
    part = needed_slices.shown_part(opened)
    finding = _Finding(model.id, model.display.threshold, interactions, opened.apix, part)
    batch = SliceBatch(opened.ref, requests)
    session.slice_batches.append(batch)
    title = f"Copying what {model.display.name} finds to {feature.name}"
    find = Work(title, partial(_find, batch, finding))
    session.requests.append(_copy(session, opened, feature, find))


def _copy(session: Session, opened: OpenTomogram, feature: Feature, find: Work[Found]) -> Workflow:
    """Find what is to be copied, then draw it into the annotation as it is by then."""
    found: Found = yield find
    if opened.annotation is None:
        return
    if not found:
        session.notify("info", f"The model finds nothing there to be copied to {feature.name}.")
        return
    for _ in range(TRIES):
        before = opened.annotation.revision
        run = partial(_united, opened.annotation.contents.snapshot(), feature, found)
        step: Step | None = yield Work(f"Drawing {feature.name}", run)
        # A stroke on its way comes first.
        strokes.end(session)
        if opened.annotation is None or opened.annotation.revision == before:
            break
    changes.apply_step(session, opened, step)
    opened.feature = feature.id


def _find(batch: SliceBatch, finding: _Finding, report: Report) -> Found:
    found = {z: pack(finding.mask(arrays)) for z, arrays in batch.predictions(report)}
    return {z: mask for z, mask in found.items() if mask is not None}


def _united(contents: Contents, feature: Feature, found: Found, report: Report) -> Step | None:
    masks = {}
    for number, (z, packed) in enumerate(found.items()):
        report(number / len(found), f"slice {z + 1}")
        mask = contents.mask(feature.id, z)
        mask[(packed.values() == FEATURE) & (mask == BACKGROUND)] = FEATURE
        masks[z] = mask
    label = f"copy to {feature.name}"
    drawn = steps.change_masks(contents, feature.id, masks, label)
    if drawn is None or any(each.id == feature.id for each in contents.features):
        return drawn
    # Meanwhile its name may have been given to another.
    taken = {each.name for each in told_apart(contents.features)}
    added = steps.add_feature(contents, replace(feature, name=free_name(feature.name, taken)))
    return Step((*added.edits, *drawn.edits), label, drawn.z)


def obstacle(model: Model, opened: OpenTomogram | None) -> str:
    """Return why nothing can be copied now; nothing where it can."""
    if model.weights is None:
        return "The model has learnt nothing yet."
    if opened is None or opened.annotation is None:
        return "There is no annotation to copy to."
    if not is_active(model, opened):
        return "Tick active first: the model has to predict what is copied."
    return "" if opened.apix is not None else "Give the pixel size of this tomogram first."
