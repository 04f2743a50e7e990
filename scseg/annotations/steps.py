"""The steps that users take: each function looks at an annotation as it is and returns the change.

Nothing here changes anything; a function that finds nothing to change returns None.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scseg.annotations.edits import (
    BoxesEdit,
    ContrastEdit,
    CropEdit,
    Edit,
    FeaturesEdit,
    MaskEdit,
    PicksEdit,
    Step,
)
from scseg.annotations.feature_names import name_of
from scseg.annotations.packed_masks import pack
from scseg.base.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.annotations.crop import Crop
    from scseg.annotations.feature import Feature
    from scseg.annotations.picked import PickedParticles

MOST_FEATURES = 1000

Box = tuple[int, int, int]
"""Centre of a box: z, y, x."""


def add_feature(contents: Contents, feature: Feature) -> Step:
    """Add a feature at the end of the list.

    Raises:
        ScsegError: there are too many already.
    """
    if len(contents.features) >= MOST_FEATURES:
        raise ScsegError(f"A tomogram can have {MOST_FEATURES} features; remove one first.")
    return _features(contents, (*contents.features, feature), f"add {feature.name}")


def change_feature(contents: Contents, feature: Feature) -> Step | None:
    """Rename, recolour and so on: `feature` replaces the one that has its id."""
    old = contents.feature(feature.id)
    if feature == old:
        return None
    features = tuple(feature if each.id == feature.id else each for each in contents.features)
    return _features(contents, features, _what_changes(old, feature))


def with_current_looks(contents: Contents, step: Step) -> Step:
    """Return a step of the past as it is now that features look different: they keep their look."""
    looks = {feature.id: feature for feature in contents.features}
    edits: list[Edit] = []
    for edit in step.edits:
        if isinstance(edit, FeaturesEdit):
            before, after = (_with_looks(each, looks) for each in (edit.before, edit.after))
            edits.append(FeaturesEdit(before=before, after=after))
        else:
            edits.append(edit)
    return replace(step, edits=tuple(edits))


def move_feature(contents: Contents, feature_id: str, place: int) -> Step | None:
    """Move a feature to a place in the list, counted from 0."""
    moved = contents.feature(feature_id)
    others = [each for each in contents.features if each.id != feature_id]
    others.insert(max(place, 0), moved)
    features = tuple(others)
    if features == contents.features:
        return None
    return _features(contents, features, f"move {name_of(contents, feature_id)}")


def remove_feature(contents: Contents, feature_id: str) -> Step:
    """Remove a feature with its masks and boxes."""
    name = name_of(contents, feature_id)
    edits: list[Edit] = [
        MaskEdit(feature=feature, z=z, before=mask, after=None)
        for (feature, z), mask in contents.masks.items()
        if feature == feature_id
    ]
    edits += [
        BoxesEdit(feature=feature, z=z, before=points, after=frozenset())
        for (feature, z), points in contents.boxes.items()
        if feature == feature_id
    ]
    remaining = tuple(each for each in contents.features if each.id != feature_id)
    edits.append(FeaturesEdit(before=contents.features, after=remaining))
    return Step(tuple(edits), f"remove {name}")


def change_masks(
    contents: Contents, feature_id: str, masks: Mapping[int, NDArray[np.uint8]], label: str
) -> Step | None:
    """Replace masks, uint8 (y, x) of labels by z: interpolation, lasso, copy, clear, import."""
    edits = []
    for z, values in sorted(masks.items()):
        if values.shape != contents.shape[1:] or not 0 <= z < contents.shape[0]:
            raise ValueError(f"a mask of shape {values.shape} for slice {z} of {contents.shape}")
        before, after = contents.masks.get((feature_id, z)), pack(values)
        if before != after:
            edits.append(MaskEdit(feature=feature_id, z=int(z), before=before, after=after))
    return Step(tuple(edits), label, edits[0].z) if edits else None


def clear_slices(contents: Contents, feature_id: str, slices: Iterable[int]) -> Step | None:
    """Remove what is drawn of a feature on some slices."""
    edits = [
        MaskEdit(feature=feature_id, z=z, before=contents.masks[feature_id, z], after=None)
        for z in slices
        if (feature_id, z) in contents.masks
    ]
    return Step(tuple(edits), "clear", edits[0].z) if edits else None


def change_boxes(
    contents: Contents, feature_id: str, *, add: Iterable[Box] = (), remove: Iterable[Box] = ()
) -> Step | None:
    """Place and remove boxes; two boxes of a feature cannot stand on one voxel.

    What lies outside of the tomogram is left out.
    """
    added, removed = _inside(contents, add), _inside(contents, remove)
    edits = []
    for z in sorted({box[0] for box in added | removed}):
        before = contents.boxes.get((feature_id, z), frozenset())
        after = (before - {box[1:] for box in removed if box[0] == z}) | {
            box[1:] for box in added if box[0] == z
        }
        if after != before:
            edits.append(BoxesEdit(feature=feature_id, z=z, before=before, after=after))
    if not edits:
        return None
    label = "boxes" if len(added | removed) > 1 else "place box" if added else "remove box"
    return Step(tuple(edits), label, edits[0].z)


def change_crop(contents: Contents, crop: Crop) -> Step | None:
    crop = crop.clipped(contents.shape)
    if crop == contents.crop:
        return None
    if replace(crop, enabled=contents.crop.enabled) == contents.crop:
        label = "crop on" if crop.enabled else "crop off"
    else:
        label = "crop"
    return Step((CropEdit(before=contents.crop, after=crop),), label)


def change_picks(
    contents: Contents, picks: PickedParticles, label: str, z: int | None = None
) -> Step | None:
    """Put other picks in the place of all; `z` is the slice that this is seen on."""
    if picks == contents.picks:
        return None
    return Step((PicksEdit(before=contents.picks, after=picks),), label, z)


def change_contrast(contents: Contents, record: Mapping[str, Any]) -> Step | None:
    """Keep how slices are shown: a record of what JSON can hold. To be saved, not to be undone."""
    text = json.dumps(record, sort_keys=True, allow_nan=False)
    if text == contents.contrast:
        return None
    return Step((ContrastEdit(before=contents.contrast, after=text),), "contrast")


def _inside(contents: Contents, boxes: Iterable[Box]) -> set[Box]:
    """Return those boxes that have a voxel to stand on, as plain numbers, which SQLite takes."""
    depth, height, width = contents.shape
    return {
        (int(z), int(y), int(x))
        for z, y, x in boxes
        if 0 <= z < depth and 0 <= y < height and 0 <= x < width
    }


def _what_changes(old: Feature, new: Feature) -> str:
    """Return the name of a change to a feature in the menu."""
    for name, words in (("name", "name"), ("colour", "colour"), ("box_size", "box size")):
        if getattr(old, name) != getattr(new, name):
            return f"{words} of {old.name}"
    return f"look of {old.name}"


def _with_looks(features: tuple[Feature, ...], looks: Mapping[str, Feature]) -> tuple[Feature, ...]:
    return tuple(each.with_look_of(looks.get(each.id, each)) for each in features)


def _features(contents: Contents, features: tuple[Feature, ...], label: str) -> Step:
    return Step((FeaturesEdit(before=contents.features, after=features),), label)
