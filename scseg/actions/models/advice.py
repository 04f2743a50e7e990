"""Where to annotate next: where the active models are least certain, or contradict one another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scseg.actions.annotation import changes
from scseg.actions.view import browsing, view
from scseg.annotations import steps
from scseg.base.labels import FEATURE
from scseg.base.rect import Rect
from scseg.models.doubt import doubt, doubtful_places
from scseg.preview import needed_slices
from scseg.state.active_models import is_active
from scseg.state.advice import Advice, Place
from scseg.state.requests import Work
from scseg.state.slice_batch import SliceBatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scseg.base.progress import Report
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.slice_batch import Arrays
    from scseg.state.tomograms import OpenTomogram

    Points = tuple[tuple[int, int], ...]

MOST_SLICES = 20
MOST_PLACES = 30
MOST_OF_A_SLICE = 8
SLICES_ALIKE = 4
"""Slices nearer to one another than a box divided by this look alike."""

BOX_SIZE = 64
"""In px, where there is no feature whose box size could be taken."""

BOX_POINTS = 180.0
"""A place is shown so large on the screen."""


@dataclass(frozen=True, eq=False)
class _Search:
    """`names` of models go by their ids; `taken` are centres (y, x) of boxes by z; `part` is the crop."""

    names: Mapping[str, str]
    taken: Mapping[int, Points]
    part: Rect
    box_size: int

    def places(self, z: int, arrays: Arrays) -> list[Place]:
        """Return the most doubtful places of a slice."""
        doubts = doubt([(self.names[model], values) for model, values in arrays.items()])
        inside = np.zeros_like(doubts)
        inside[self.part.slices] = doubts[self.part.slices]
        found = doubtful_places(inside, self.box_size, MOST_OF_A_SLICE, self.taken.get(z, ()))
        return [Place(z, each.y, each.x, each.doubt) for each in found]


def obstacle(session: Session) -> str:
    """Return why nothing can be said of the tomogram in view; nothing where it can."""
    if session.active is None:
        return "Open a tomogram first."
    if session.active.apix is None:
        return "Give the pixel size of this tomogram first."
    if not _active(session):
        return "Train or load a model first, and tick active."
    busy = "Slices are being predicted: wait for that, or cancel it beside its bar."
    return busy if session.slice_batches else ""


def can_search(session: Session) -> bool:
    return not obstacle(session)


def search(session: Session, first: int, last: int) -> None:
    """Predict a sample of the slices from `first` to `last` and find the most doubtful boxes there."""
    opened = session.active
    if opened is None or obstacle(session):
        return
    asked = {z: needed_slices.requests_of_slice(session, opened, z) for z in sample(first, last)}
    batch = SliceBatch(opened.ref, {z: requests for z, requests in asked.items() if requests})
    session.slice_batches.append(batch)
    feature = changes.chosen_feature(session)
    search = _Search(
        {model.id: model.display.name for model in session.models},
        _taken(opened),
        needed_slices.shown_part(opened),
        BOX_SIZE if feature is None else feature.box_size,
    )
    nothing = Advice(opened.ref, _active(session), search.box_size, ())
    finding = Work("Finding where models are in doubt", partial(_find, batch, search))
    session.requests.append(_advise(session, nothing, finding))


def _advise(session: Session, nothing: Advice, finding: Work[tuple[Place, ...]]) -> Workflow:
    found: tuple[Place, ...] = yield finding
    session.advice = replace(nothing, places=found)
    if not found:
        session.notify("info", "There is no box without doubt or annotation left on those slices.")


def sample(first: int, last: int) -> list[int]:
    """Return up to MOST_SLICES slices, evenly from `first` to `last`, both included."""
    count = min(MOST_SLICES, last - first + 1)
    return sorted({round(z) for z in np.linspace(first, last, count).tolist()})


def current(session: Session) -> Advice | None:
    """Return what was found, as long as it is about the tomogram in view and the models as they are."""
    found, opened = session.advice, session.active
    if found is None or opened is None or found.tomogram != opened.ref:
        return None
    return found if found.models == _active(session) else None


def show(session: Session, advice: Advice, place: Place) -> None:
    """Show a place with some of what is around it."""
    opened = session.active
    if opened is None:
        return
    session.advice = replace(advice, shown=place)
    browsing.set_slice(session, place.z)
    zoom = BOX_POINTS / advice.box_size
    view.set_view(opened, replace(opened.view, x=place.x, y=place.y, zoom=zoom, fit=False))


def place_box(session: Session, place: Place) -> None:
    """Place a box of the chosen feature there."""
    found = changes.current(session)
    if found is None:
        changes.ask_for_feature(session)
        return
    opened, drawn, feature = found
    box = (place.z, place.y, place.x)
    changes.apply_step(session, opened, steps.change_boxes(drawn.contents, feature.id, add=[box]))
    half = feature.box_size // 2
    y, x = place.y - half, place.x - half
    held = Rect(y, x, y + feature.box_size, x + feature.box_size).clipped(opened.shape[1:])
    if not (drawn.contents.mask(feature.id, place.z)[held.slices] == FEATURE).any():
        session.notify(
            "info",
            f"The box holds nothing of {feature.name} so far: as it is, it is a negative, and teaches that "
            "there is none. Draw in it what is there.",
        )


def has_box(opened: OpenTomogram, place: Place) -> bool:
    """Tell whether a box stands at a place by now."""
    boxes = {} if opened.annotation is None else opened.annotation.contents.boxes
    found = (boxes.get((feature.id, place.z), ()) for feature in opened.features)
    return any((place.y, place.x) in points for points in found)


def _find(batch: SliceBatch, search: _Search, report: Report) -> tuple[Place, ...]:
    found = [place for z, arrays in batch.predictions(report) for place in search.places(z, arrays)]
    return _distinct(sorted(found, key=lambda place: -place.doubt), search.box_size)


def _distinct(places: Sequence[Place], box_size: int) -> tuple[Place, ...]:
    """Leave out what is seen in a more doubtful box of a slice nearby: it would teach little more."""
    chosen: list[Place] = []
    for place in places:
        if not any(_overlap(place, other, box_size) for other in chosen):
            chosen.append(place)
    return tuple(chosen[:MOST_PLACES])


def _overlap(one: Place, other: Place, box_size: int) -> bool:
    nearby = abs(one.z - other.z) < max(1, box_size // SLICES_ALIKE)
    return nearby and max(abs(one.y - other.y), abs(one.x - other.x)) < box_size


def _taken(opened: OpenTomogram) -> dict[int, Points]:
    """Return the centres of all boxes by z."""
    taken: dict[int, Points] = {}
    boxes = {} if opened.annotation is None else opened.annotation.contents.boxes
    for (_, z), points in boxes.items():
        taken[z] = (*taken.get(z, ()), *points)
    return taken


def _active(session: Session) -> frozenset[tuple[str, str]]:
    """Return the ids of the active models with the hashes of what they have learnt."""
    active = ((model, model.ref) for model in session.models if is_active(model, session.active))
    return frozenset((model.id, ref.weights_sha256) for model, ref in active if ref is not None)
