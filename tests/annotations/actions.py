"""What users do to an annotation, at random but repeatable: each action returns the step it took, or None."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scseg.annotations import steps
from scseg.annotations.crop import Crop
from scseg.annotations.feature import Feature
from scseg.annotations.picked import NO_PICKS
from scseg.base.rect import Rect
from scseg.objects.picks import Picks

if TYPE_CHECKING:
    from scseg.annotations.annotation import Annotation
    from scseg.annotations.edits import Step

Action = "Callable[[Annotation, np.random.Generator], Step | None]"


def some_feature(annotation: Annotation, rng: np.random.Generator) -> str | None:
    features = annotation.contents.features
    return features[rng.integers(len(features))].id if features else None


def stroke(annotation: Annotation, rng: np.random.Generator) -> Step | None:
    """Draw, erase or ignore a rectangle; returns a step that is applied already."""
    feature = some_feature(annotation, rng)
    if feature is None:
        return None
    depth, height, width = annotation.contents.shape
    drawn = annotation.begin_stroke(feature, int(rng.integers(depth)))
    for _ in range(rng.integers(1, 4)):
        y, x = int(rng.integers(height)), int(rng.integers(width))
        region = Rect(y, x, y + int(rng.integers(1, 9)), x + int(rng.integers(1, 9))).clipped(
            (height, width)
        )
        drawn.values[region.slices] = rng.integers(3)
        drawn.touch(region)
    return drawn.finish()


def abandoned_stroke(annotation: Annotation, rng: np.random.Generator) -> None:
    feature = some_feature(annotation, rng)
    if feature is not None:
        drawn = annotation.begin_stroke(feature, int(rng.integers(annotation.contents.shape[0])))
        drawn.values[:] = 1
        drawn.touch(Rect.whole(drawn.values.shape))
        drawn.abort()


def add(annotation: Annotation, rng: np.random.Generator) -> Step:
    number = int(rng.integers(1000))
    feature = Feature(f"Feature {number}", tuple(rng.random(3)), id=f"{rng.integers(10**9):x}")
    return steps.add_feature(annotation.contents, feature)


def change(annotation: Annotation, rng: np.random.Generator) -> Step | None:
    feature = some_feature(annotation, rng)
    if feature is None:
        return None
    changes = [{"name": f"n{rng.integers(9)}"}, {"colour": tuple(rng.random(3))}, {"alpha": 0.25}]
    old = annotation.contents.feature(feature)
    return steps.change_feature(annotation.contents, replace(old, **changes[rng.integers(3)]))


def move(annotation: Annotation, rng: np.random.Generator) -> Step | None:
    feature = some_feature(annotation, rng)
    return feature and steps.move_feature(annotation.contents, feature, int(rng.integers(4)))


def remove(annotation: Annotation, rng: np.random.Generator) -> Step | None:
    feature = some_feature(annotation, rng)
    return feature and steps.remove_feature(annotation.contents, feature)


def boxes(annotation: Annotation, rng: np.random.Generator) -> Step | None:
    feature = some_feature(annotation, rng)
    if feature is None:
        return None
    there = annotation.boxes(feature)
    places = rng.integers(0, annotation.contents.shape, (rng.integers(4), 3))
    gone = [there[rng.integers(len(there))]] if there and rng.random() < 0.5 else []
    new = [tuple(int(v) for v in place) for place in places]
    return steps.change_boxes(annotation.contents, feature, add=new, remove=gone)


def between(annotation: Annotation, rng: np.random.Generator) -> Step | None:
    """Write several slices at once, as interpolation, import and copying do."""
    feature = some_feature(annotation, rng)
    if feature is None:
        return None
    shape = annotation.contents.shape
    chosen = rng.choice(shape[0], rng.integers(1, 4), replace=False)
    masks = {int(z): (rng.random(shape[1:]) < 0.1).astype(np.uint8) for z in chosen}
    return steps.change_masks(annotation.contents, feature, masks, "interpolate")


def clear(annotation: Annotation, rng: np.random.Generator) -> Step | None:
    feature = some_feature(annotation, rng)
    slices = annotation.slices(feature) if feature else ()
    return feature and steps.clear_slices(annotation.contents, feature, slices[:2])


def crop(annotation: Annotation, rng: np.random.Generator) -> Step | None:
    ends = [int(v) for v in rng.integers(-3, 30, 6)]
    return steps.change_crop(annotation.contents, Crop(*ends, enabled=bool(rng.integers(2))))


def pick(annotation: Annotation, rng: np.random.Generator) -> Step | None:
    count = int(rng.integers(5))
    found = Picks(rng.random((count, 3)) * annotation.contents.shape, rng.random(count))
    return steps.change_picks(annotation.contents, NO_PICKS.with_picks(found), "pick")


EVERY = (
    pick,
    add,
    stroke,
    stroke,
    stroke,
    change,
    move,
    remove,
    boxes,
    boxes,
    between,
    clear,
    crop,
)


def act(annotation: Annotation, rng: np.random.Generator) -> Step | None:
    """Take a step of any kind; it is applied when this returns."""
    if rng.random() < 0.1:
        abandoned_stroke(annotation, rng)
    action = EVERY[rng.integers(len(EVERY))]
    step = action(annotation, rng)
    if step and action is not stroke:
        annotation.apply(step)
    return step or None
