"""The training set to be made: what it is sampled from, and what it will hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from scseg.annotations import training_boxes
from scseg.annotations.feature_names import told_apart
from scseg.annotations.training_boxes import merged_feature_names
from scseg.datasets.resampling import apix_concern, step_between
from scseg.datasets.training_sets.extraction import SMALLEST_BOX
from scseg.datasets.training_sets.labelling import BoxGrid
from scseg.models import compatibility
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.description import LARGEST_BOX
from scseg.models.sampling import Counts
from scseg.state.models import SetCounts, SetPlan
from scseg.state.requests import Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.annotations.contents import Contents
    from scseg.annotations.training_boxes import Choice, Choices
    from scseg.base.progress import Report
    from scseg.models.architectures.table import Architecture
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

DEEPEST = 9
_ONE_CLASS = (
    "One network learns one feature: with several positives it will take them for one thing. "
    "Make a set and a model for each."
)
NOTICEABLE = 1.1
"""Boxes of the set may be so many times as wide as those on the slices before that is told."""
SMALLEST_APIX, LARGEST_APIX = 0.1, 200.0


@dataclass(frozen=True, eq=False)
class _Part:
    """A tomogram whose boxes are to be counted: its annotation as it is now, and where their pixels lie."""

    name: str
    contents: Contents
    grid: BoxGrid


def set_plan(session: Session, plan: SetPlan) -> None:
    apix = plan.apix
    session.set_plan = replace(
        plan,
        box_size=max(SMALLEST_BOX, min(plan.box_size, LARGEST_BOX)),
        apix=None if apix is None else max(SMALLEST_APIX, min(apix, LARGEST_APIX)),
        depth=max(1, min(plan.depth | 1, DEEPEST)),
    )


def choose(session: Session, name: str, choice: Choice) -> None:
    """Make the features of a name positives (1), negatives (-1), or leave them out (0).

    With the first positive, the set's boxes are as large as its own.
    """
    plan, first = session.set_plan, choice == 1 and not chosen(session, 1)
    session.set_plan = replace(plan, choices={**plan.choices, name: choice})
    if first:
        set_plan(session, replace(session.set_plan, box_size=usual_box_size(session)))


def usual_box_size(session: Session) -> int:
    """Return the side of the largest boxes of positive features on the slices, in their pixels."""
    return max((size for _, size in _drawn_sizes(session)), default=SetPlan.box_size)


def _drawn_sizes(session: Session) -> list[tuple[OpenTomogram, int]]:
    """Return how large boxes of positive features are drawn on the tomograms that contribute, in pixels."""
    positives = chosen(session, 1)
    return [
        (opened, feature.box_size)
        for opened in contributing(session)
        if opened.annotation is not None
        for feature in told_apart(opened.annotation.contents.features)
        if feature.name in positives
    ]


def tick(session: Session, opened: OpenTomogram) -> None:
    """Sample a tomogram, or leave it out."""
    plan = session.set_plan
    session.set_plan = replace(plan, left_out=plan.left_out ^ {opened.ref.path})


def is_ticked(session: Session, opened: OpenTomogram) -> bool:
    return opened.ref.path not in session.set_plan.left_out


def sampled(session: Session) -> list[OpenTomogram]:
    return [opened for opened in session.tomograms if is_ticked(session, opened)]


def annotated(session: Session) -> list[Contents]:
    """Return what is annotated of the ticked tomograms, as far as it is open."""
    return [each.annotation.contents for each in sampled(session) if each.annotation is not None]


def opening(session: Session) -> int:
    """Return how many annotations of ticked tomograms are still on their way."""
    return sum(each.annotation is None and not each.trouble for each in sampled(session))


def names(session: Session) -> tuple[str, ...]:
    return merged_feature_names(annotated(session))


def chosen(session: Session, choice: Choice) -> tuple[str, ...]:
    """Return the names of features that are chosen as positives (1) or negatives (-1)."""
    choices = session.set_plan.choices
    return tuple(name for name in names(session) if choices.get(name, 0) == choice)


def contributing(session: Session) -> list[OpenTomogram]:
    """Return the ticked tomograms that have boxes of the chosen features; if none has yet, all of them."""
    choices = session.set_plan.choices
    ticked = sampled(session)
    return [each for each in ticked if _has_boxes(each, choices)] or ticked


def _has_boxes(opened: OpenTomogram, choices: Choices) -> bool:
    if opened.annotation is None:
        return False
    contents = opened.annotation.contents
    chosen_ids = {each.id for each in training_boxes.chosen_features(contents, choices)}
    return any(points and feature in chosen_ids for (feature, _), points in contents.boxes.items())


def apix(session: Session) -> float | None:
    """Return the pixel size of the set: the user's, else that of the first tomogram with boxes."""
    known = (each.apix for each in contributing(session) if each.apix is not None)
    return session.set_plan.apix or next(known, None)


def grid(session: Session, opened: OpenTomogram) -> BoxGrid:
    """Return where the pixels of a training box lie in a tomogram."""
    wanted = apix(session)
    step = 1.0 if wanted is None or opened.apix is None else step_between(opened.apix, wanted)
    return BoxGrid(session.set_plan.box_size, step)


def keep_counted(session: Session) -> None:
    """Count in a thread what the set will hold, if that may have changed since it was last counted."""
    now, known = _state(session), session.counted
    if now == known.of or known.counting:
        return
    session.counted = replace(known, counting=True, given_up=False)
    parts = [
        _Part(opened.name, opened.annotation.contents.snapshot(), grid(session, opened))
        for opened in sampled(session)
        if opened.annotation is not None
    ]
    run = partial(_counted, parts, session.set_plan.choices)
    session.requests.append(_count(session, now, Work("Counting boxes", run)))


def _count(session: Session, state: object, counting: Work[Counts]) -> Workflow:
    counted = SetCounts(of=state, given_up=True)
    try:
        found: Counts = yield counting
        counted = SetCounts(found, of=state)
    finally:
        session.counted = counted


def _counted(parts: Sequence[_Part], choices: Choices, report: Report) -> Counts:
    found = Counts()
    for number, each in enumerate(parts):
        report(number / len(parts), each.name)
        found += training_boxes.count_samples(each.contents, choices, each.grid)
    return found


def refusing(session: Session) -> list[Architecture]:
    """Return the networks that cannot take boxes of the set's size."""
    size = session.set_plan.box_size
    return [
        each
        for each in ARCHITECTURES.values()
        if not compatibility.box_size_fits(each.divisor, size)
    ]


def box_size_concern(session: Session) -> str:
    """Return which networks cannot take boxes of the set's size, and what they can take."""
    refused = refusing(session)
    if not refused:
        return ""
    size = session.set_plan.box_size
    below, above = compatibility.nearest_box_sizes(max(each.divisor for each in refused), size)
    names = ", ".join(each.name for each in refused)
    whose = f"These networks cannot ({names})" if len(refused) > 1 else f"{names} cannot"
    if len(refused) == len(ARCHITECTURES):
        whose = "No network can"
    return f"{whose} take boxes of {size} pixels: use {below} or {above}."


def concerns(session: Session) -> list[str]:
    """Return what the user should know of the set before it is made."""
    wanted, box_size = apix(session), box_size_concern(session)
    found = [_ONE_CLASS] if len(chosen(session, 1)) > 1 else []
    if box_size:
        found.append(box_size)
    for opened in contributing(session):
        if wanted is not None and opened.apix is not None and apix_concern(opened.apix, wanted):
            trouble = apix_concern(opened.apix, wanted)
            found.append(f"{trouble}: {opened.name} has {opened.apix:.2f} A per pixel.")
    return found + _smaller_boxes(session)


def _smaller_boxes(session: Session) -> list[str]:
    """Tell of boxes that vouch for a part of the set's boxes alone."""
    size = session.set_plan.box_size
    smaller = {
        drawn
        for opened, drawn in _drawn_sizes(session)
        if drawn * NOTICEABLE < size * grid(session, opened).step
    }
    if not smaller:
        return []
    told = " or ".join(map(str, sorted(smaller)))
    return [
        f"On the slices boxes are {told} pixels wide, smaller than those of the set: what lies around "
        "them is ignored in training."
    ]


def obstacle(session: Session) -> str:
    """Return why no set can be made now; nothing where it can."""
    if trouble := _trouble_with_tomograms(session):
        return trouble
    if len(refusing(session)) == len(ARCHITECTURES):
        return box_size_concern(session)
    if not chosen(session, 1):
        return "Choose a feature as positive: move its slider to the right."
    counts = session.counted.counts
    if counts is not None and counts.positives == 0:
        return "No box holds any of the positive feature: draw it, and place boxes on it."
    return ""


def _trouble_with_tomograms(session: Session) -> str:
    if not sampled(session):
        return "Tick the tomograms to sample."
    if opening(session):
        return "Annotations are still being opened."
    unknown = [each.name for each in contributing(session) if each.apix is None]
    if unknown:
        return f"The pixel size of {unknown[0]} is unknown: give it in Datasets, or untick it."
    return ""


def _state(session: Session) -> object:
    """Return a value that changes whenever the count may."""
    parts = [(id(each.annotation), _revision(each), each.apix) for each in sampled(session)]
    return session.set_plan, tuple(parts)


def _revision(opened: OpenTomogram) -> int:
    return -1 if opened.annotation is None else opened.annotation.revision
