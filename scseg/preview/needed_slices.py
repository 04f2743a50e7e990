"""What must be predicted for what is visible.

`all_needed` is a pure function of the session; the window sends its result to the worker whenever it differs
from the last one. A request holds all that its answer depends on.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scseg.annotations.crop import Crop
from scseg.base.rect import Rect
from scseg.compute.messages import SliceRequest
from scseg.interactions.rules import largest_radius, models_needed, without_resting_rules
from scseg.interactions.slice_interactions import radius_px
from scseg.preview.urgent_parts import urgent_parts
from scseg.state.active_models import is_active

if TYPE_CHECKING:
    from scseg.interactions.rules import SettingsByModel
    from scseg.models.precision import PrecisionChoice
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

CHEAP_PIXELS = 1 << 20
"""Neighbouring slices are predicted ahead while all models together have no more than this to do."""


def request(
    opened: OpenTomogram,
    model: Model,
    z: int,
    margin: float = 0.0,
    precision: PrecisionChoice = "float32",
) -> SliceRequest | None:
    """Return what is asked for a slice, with a margin (nm) around the crop.

    None of a model that has learnt nothing yet, and of a slice outside of the crop.
    """
    crop, display = _crop(opened), model.display
    if model.ref is None or not crop.z0 <= z < crop.z1:
        return None
    region = _region(opened, margin)
    return SliceRequest(
        opened.ref,
        model.ref,
        z,
        display.overlap,
        display.mode,
        display.averaging,
        region,
        precision,
    )


def requests_of_slice(session: Session, opened: OpenTomogram, z: int) -> dict[str, SliceRequest]:
    """Return what is asked for a slice of every model active there, by its id: those that are shown first.

    Partners of rules are predicted as far around the crop as the largest radius reaches, and so is who
    competes with them.
    """
    acting = interactions(session, opened)
    partners = [rule.partner for interaction in acting.values() for rule in interaction.rules]
    beyond, margin = models_needed(partners, acting), largest_radius(acting)
    precision = session.settings.precision
    requests = {}
    for model in _active(session, opened):
        wanted = request(opened, model, z, margin if model.id in beyond else 0.0, precision)
        if wanted is not None:
            requests[model.id] = wanted
    return requests


def interactions(session: Session, opened: OpenTomogram) -> SettingsByModel:
    """Return how the models active on a tomogram act on one another.

    Rules rest whose partner is not among them.
    """
    return without_resting_rules(
        {model.id: model.interaction for model in _active(session, opened)}
    )


def shown_part(opened: OpenTomogram) -> Rect:
    """Return what of a slice predictions are shown in: the crop."""
    return _crop(opened).rect


def shown_slices(opened: OpenTomogram) -> range:
    """Return the slices on which predictions are shown: those of the crop."""
    crop = _crop(opened)
    return range(crop.z0, crop.z1)


def _region(opened: OpenTomogram, margin: float = 0.0) -> Rect | None:
    """Return the crop and a margin (nm) around it; None is the whole slice."""
    whole = Rect.whole(opened.shape[1:])
    more = math.ceil(radius_px(margin, opened.apix)) if opened.apix else 0
    region = _crop(opened).rect.grown(more).clipped(whole.shape)
    return None if region == whole else region


def _crop(opened: OpenTomogram) -> Crop:
    if opened.crop is None or not opened.crop.enabled:
        return Crop.whole(opened.shape)
    return opened.crop.clipped(opened.shape)


def needed_in_view(session: Session) -> tuple[SliceRequest, ...]:
    """Return the requests for the slice in view: models that are shown first.

    Without a pixel size nobody knows what a network would see: then nothing is asked.
    """
    opened = session.active
    if opened is None or opened.apix is None:
        return ()
    return tuple(requests_of_slice(session, opened, opened.z).values())


def all_needed(session: Session) -> tuple[SliceRequest, ...]:
    """Return all that the worker should do now, the most urgent first."""
    wanted = needed_in_view(session)
    opened = session.active
    parts = urgent_parts(opened, shown_part(opened)) if opened is not None else ()
    first = tuple(replace(each, region=part) for part in parts for each in wanted)
    beyond = tuple(each for batch in session.slice_batches for each in batch.wanted)
    # What several want is asked for once, where it is most urgent.
    return tuple(dict.fromkeys((*first, *wanted, *beyond, *(_ahead(session) if wanted else ()))))


def _ahead(session: Session) -> tuple[SliceRequest, ...]:
    opened = session.active
    if opened is None:
        return ()
    neighbours = (opened.z + opened.direction, opened.z - opened.direction)
    inside = [z for z in neighbours if 0 <= z < opened.shape[0]]
    wanted = tuple(each for z in inside for each in requests_of_slice(session, opened, z).values())
    dear = sum(map(partial(_pixels, opened), needed_in_view(session))) > CHEAP_PIXELS
    return () if dear else wanted


def _pixels(opened: OpenTomogram, wanted: SliceRequest) -> int:
    """Return about how many pixels a network has to see for a request."""
    region = wanted.region or Rect.whole(opened.shape[1:])
    return region.height * region.width * wanted.averaging


def _active(session: Session, opened: OpenTomogram) -> list[Model]:
    """Return the models that are applied: first those that are shown, of these those with an open panel."""
    active = [model for model in session.models if is_active(model, opened) and model.weights]
    folded = session.panels.folded
    return sorted(active, key=lambda model: (not model.display.show, model.id in folded))
