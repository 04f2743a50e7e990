"""Where a feature is not: what is erased of one that a model learns live becomes a negative.

It is drawn of a feature of its own, "not Membrane", so that it is seen, saved and undone like all else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.annotations import steps
from scseg.annotations.edits import FeaturesEdit, MaskEdit
from scseg.annotations.feature import Feature
from scseg.annotations.feature_names import name_of, told_apart
from scseg.annotations.live_material import wrong_name
from scseg.annotations.packed_masks import pack
from scseg.base.labels import BACKGROUND, FEATURE
from scseg.state.live_learning import learner_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.annotations.brush_stroke import BrushStroke
    from scseg.annotations.contents import Contents
    from scseg.annotations.edits import Edit
    from scseg.state.session import Session

COLOUR = (0.92, 0.30, 0.25)
ALPHA = 0.3


def swept_by(session: Session, drag: BrushStroke) -> NDArray[np.uint8] | None:
    """Return where the whole of a stroke is to be noted, (y, x); None where nobody learns from it."""
    contents = drag.annotated.annotation.contents
    if learner_of(session, name_of(contents, drag.stroke.feature)) is None:
        return None
    return np.zeros(contents.shape[1:], np.uint8)


def edits_after(contents: Contents, drag: BrushStroke) -> tuple[Edit, ...]:
    """Return how a stroke changes where its feature is not: there where it erased, no more where it drew."""
    if drag.swept is None or not drag.swept.any():
        return ()
    name = wrong_name(name_of(contents, drag.stroke.feature))
    found = next((each for each in told_apart(contents.features) if each.name == name), None)
    other, erases = found, drag.label == BACKGROUND
    if other is None:
        if not erases or len(contents.features) >= steps.MOST_FEATURES:
            return ()
        of = contents.feature(drag.stroke.feature)
        other = Feature(name, COLOUR, brush_px=of.brush_px, alpha=ALPHA, box_size=of.box_size)
    before = contents.masks.get((other.id, drag.stroke.z))
    wrong = np.zeros(contents.shape[1:], np.uint8) if before is None else before.values().copy()
    wrong[drag.swept != BACKGROUND] = FEATURE if erases else BACKGROUND
    after = pack(wrong)
    if after == before:
        return ()
    drawn = MaskEdit(feature=other.id, z=drag.stroke.z, before=before, after=after)
    if found is not None:
        return (drawn,)
    added = FeaturesEdit(before=contents.features, after=(*contents.features, other))
    return added, drawn
