"""What is asked of the prediction worker, and how its answers are kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from scseg.annotations.crop import Crop
from scseg.base.rect import Rect
from scseg.compute.messages import Band, ModelRef, SliceRequest, TomogramRef
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.preview.needed_slices import (
    CHEAP_PIXELS,
    all_needed,
    interactions,
    needed_in_view,
    request,
    requests_of_slice,
)
from scseg.preview.predictions import CROPS_KEPT, UNKNOWN, Predictions
from scseg.state.models import Display, Model, Weights
from scseg.state.session import Session
from scseg.state.tomograms import OpenTomogram


@dataclass
class Volume:
    """As much of a tomogram as the preview looks at."""

    shape: tuple[int, int, int]
    apix: float | None = 10.0


def tomogram(name="a", shape=(9, 40, 60), z=4, direction=1):
    ref = TomogramRef(name, None, None, 0)
    return OpenTomogram(Volume(shape), ref, z=z, direction=direction)


def model(name, **display):
    weights = Weights(ModelRef(name, "0"), None)
    return Model(Display(name, (1, 0, 0), **display), weights=weights)


def session_of(*models, opened=None):
    opened = opened or tomogram()
    return Session(tomograms=[opened], active=opened, models=list(models))


def test_nothing_is_asked_without_tomogram_or_model():
    assert all_needed(Session()) == ()
    assert all_needed(session_of()) == ()


def test_nothing_is_asked_while_the_pixel_size_is_unknown():
    opened = tomogram()
    opened.tomogram.apix = None
    session = session_of(model("m"), opened=opened)
    assert all_needed(session) == ()
    opened.ref = replace(opened.ref, apix=13.92)
    assert [each.tomogram.apix for each in all_needed(session)] == [13.92] * 3


def test_the_slice_in_view_comes_first_then_the_next_then_the_one_behind():
    wanted = all_needed(session_of(model("m"), opened=tomogram(direction=-1)))
    assert [each.z for each in wanted] == [4, 3, 5]


def test_a_model_that_has_learnt_nothing_is_not_asked():
    session = session_of(model("m"), Model(Display("new", (1, 0, 0))))
    assert {each.model.path for each in all_needed(session)} == {"m"}
    assert request(session.active, session.models[1], 4) is None


def test_shown_models_come_before_hidden_ones_and_inactive_ones_never():
    session = session_of(model("hidden", show=False), model("off", active=False), model("shown"))
    assert [each.model.path for each in needed_in_view(session)] == ["shown", "hidden"]


def test_of_the_shown_models_those_whose_panels_are_open_come_first():
    session = session_of(model("folded"), model("open"))
    session.panels = replace(session.panels, folded=frozenset([session.models[0].id]))
    assert [each.model.path for each in needed_in_view(session)] == ["open", "folded"]


def test_what_is_looked_at_comes_before_the_rest_of_any_model():
    session = session_of(model("m"), model("n"), opened=tomogram(shape=(9, 640, 640)))
    session.active.in_view, session.active.pointed = Rect(0, 0, 256, 256), (70, 70)
    asked = [(each.model.path, each.region) for each in all_needed(session)][:6]
    parts = Rect(0, 0, 128, 128), Rect(0, 0, 256, 256), None
    assert asked == [(path, part) for part in parts for path in ("m", "n")]


def test_slices_outside_of_the_tomogram_are_not_asked_for():
    assert [each.z for each in all_needed(session_of(model("m"), opened=tomogram(z=0)))] == [0, 1]
    assert [each.z for each in all_needed(session_of(model("m"), opened=tomogram(z=8)))] == [8, 7]


def test_only_cheap_neighbours_are_predicted_ahead():
    side = int(CHEAP_PIXELS**0.5)
    cheap = tomogram(shape=(9, side, side))
    dear = tomogram(shape=(9, side, side + 1))
    assert len(all_needed(session_of(model("m"), opened=cheap))) == 3
    assert len(all_needed(session_of(model("m"), opened=dear))) == 1
    assert len(all_needed(session_of(model("m"), model("n"), opened=cheap))) == 2


@pytest.mark.parametrize("change", [{"threshold": 0.1}, {"alpha": 0.1}, {"blend": True}])
def test_how_a_mask_is_drawn_asks_for_nothing_new(change):
    session = session_of(model("m"))
    before = all_needed(session)
    session.models[0].display = replace(session.models[0].display, **change)
    assert all_needed(session) == before


def test_overlap_and_weights_do():
    session = session_of(model("m"))
    before = set(all_needed(session))
    session.models[0].display = replace(session.models[0].display, overlap=0.5)
    assert not before & set(all_needed(session))
    session = session_of(model("m"))
    session.models[0].weights = Weights(ModelRef("m", "1"), None)
    assert not before & set(all_needed(session))


def crop_of(z=(0, 9), y=(0, 40), x=(0, 60), enabled=True):
    return Crop(*z, *y, *x, enabled=enabled)


@dataclass(eq=False)
class Cropped(OpenTomogram):
    """A tomogram whose crop a test sets, without an annotation."""

    crop: Crop | None = None


def cropped(crop, z=4):
    return Cropped(Volume((9, 40, 60)), TomogramRef("a", None, None, 0), z=z, crop=crop)


@pytest.mark.parametrize(
    ("crop", "region"),
    [
        (None, None),
        (crop_of(y=(10, 20), enabled=False), None),
        (crop_of(), None),
        (crop_of(z=(3, 5)), None),
        (crop_of(y=(10, 20), x=(1, 60)), Rect(10, 1, 20, 60)),
        (crop_of(y=(-5, 20), x=(30, 99)), Rect(0, 30, 20, 60)),
    ],
)
def test_a_crop_that_is_on_and_leaves_something_out_is_the_region(crop, region):
    session = session_of(model("m"), opened=cropped(crop))
    assert {each.region for each in all_needed(session)} == {region}


def test_slices_outside_of_the_crop_are_not_asked_for_and_not_ahead_either():
    session = session_of(model("m"), opened=cropped(crop_of(z=(4, 6))))
    assert [each.z for each in all_needed(session)] == [4, 5]
    session.active.z = 3
    assert all_needed(session) == ()
    assert request(session.active, session.models[0], 3) is None


def test_a_small_crop_makes_neighbours_cheap_and_many_orientations_make_them_dear():
    side = int(CHEAP_PIXELS**0.5)
    opened = Cropped(Volume((9, 2 * side, side)), TomogramRef("a", None, None, 0), z=4)
    assert len(all_needed(session_of(model("m"), opened=opened))) == 1
    opened.crop = Crop(0, 9, 0, side, 0, side, enabled=True)
    assert len(all_needed(session_of(model("m"), opened=opened))) == 3
    assert len(all_needed(session_of(model("m", averaging=2), opened=opened))) == 1


def test_mode_and_averaging_are_asked_for():
    session = session_of(model("m", averaging=4, mode="whole"))
    assert {(each.averaging, each.mode) for each in all_needed(session)} == {(4, "whole")}


WHOLE = SliceRequest(TomogramRef("a", None, None, 0), ModelRef("m", "0"), 4, 0.2)
PART = replace(WHOLE, region=Rect(3, 1, 9, 4))


def values_of(shape=(12, 6)):
    return np.random.default_rng(0).random(shape).astype(np.float32)


def test_any_crop_of_a_known_slice_is_known_and_zero_around():
    kept, values = Predictions(), values_of()
    kept.add(Band(WHOLE, 0, values), (12, 6))
    kept.finish(WHOLE)
    assert kept.missing((PART, replace(PART, region=Rect(0, 0, 1, 1)))) == ()
    found = kept.get(PART)
    assert np.array_equal(found.values[3:9, 1:4], values[3:9, 1:4])
    assert found.values.sum() == pytest.approx(values[3:9, 1:4].sum())
    assert found.changed_since(0) == Rect(0, 0, 12, 6)


def test_what_came_for_a_crop_is_known_of_the_slice_and_of_the_next_crop():
    kept, values = Predictions(), values_of()
    kept.add(Band(PART, 3, values[3:7, 1:4]), (12, 6))
    assert kept.fraction((PART,)) == pytest.approx(4 / 6)
    assert kept.get(PART).values[:3].max() == 0
    kept.add(Band(PART, 7, values[7:9, 1:4]), (12, 6))
    assert kept.missing((WHOLE,)) == (WHOLE,)
    assert kept.fraction((WHOLE,)) == pytest.approx(18 / 72)
    moved = replace(PART, region=Rect(5, 2, 11, 5))
    assert kept.missing((moved,)) == (moved,)
    assert np.array_equal(kept.get(moved).values[5:9, 2:4], values[5:9, 2:4])
    assert (kept.get(moved).values[9:11, 2:5] == UNKNOWN).all()
    inner = replace(PART, region=Rect(4, 2, 8, 4))
    assert kept.missing((inner,)) == ()


def test_of_a_crop_that_is_dragged_the_last_places_are_kept():
    kept = Predictions()
    kept.add(Band(WHOLE, 0, values_of()), (12, 6))
    kept.add(Band(replace(WHOLE, z=5), 0, values_of()), (12, 6))
    for y in range(8):
        kept.get(replace(WHOLE, region=Rect(y, 0, y + 3, 6)))
    assert kept.nbytes == (2 + CROPS_KEPT) * values_of().nbytes


def test_what_is_in_view_and_an_errand_may_each_have_a_crop():
    """Neither is made anew each time, which would send it to the graphics card in every frame."""
    kept = Predictions()
    kept.add(Band(WHOLE, 0, values_of()), (12, 6))
    crops = [replace(WHOLE, region=Rect(y, 0, y + 3, 6)) for y in (1, 5)]
    first = [kept.get(crop) for crop in crops]
    for _ in range(3):
        assert [kept.get(crop) for crop in crops] == first


def band(wanted, start, rows, columns=6):
    values = np.full((rows, columns), 0.5, np.float32)
    return Band(wanted, start, values)


def test_a_prediction_grows_by_bands_in_any_order_and_twice():
    session = session_of(model("m"))
    wanted = request(session.active, session.models[0], 4)
    kept = Predictions()
    for start in (4, 0, 4):
        kept.add(band(wanted, start, 4), (12, 6))
    found = kept.get(wanted)
    assert (found.values[:8] == 0.5).all()
    assert (found.values[8:] == UNKNOWN).all()
    assert kept.fraction((wanted,)) == pytest.approx(8 / 12)
    assert kept.missing((wanted,)) == (wanted,)
    kept.finish(wanted)
    assert kept.fraction((wanted,)) == 1.0
    assert kept.missing((wanted,)) == ()


def test_the_longest_unseen_predictions_are_forgotten_first():
    session = session_of(model("m"))
    requests = [request(session.active, session.models[0], z) for z in range(4)]
    size = 12 * 6 * 4
    kept = Predictions(most_bytes=3 * size)
    for wanted in requests[:3]:
        kept.add(band(wanted, 0, 12), (12, 6))
    kept.get(requests[0])
    kept.add(band(requests[3], 0, 12), (12, 6))
    assert [kept.get(each) is not None for each in requests] == [True, False, True, True]


def test_what_was_never_asked_is_not_finished():
    session = session_of(model("m"))
    kept = Predictions()
    wanted = request(session.active, session.models[0], 0)
    kept.finish(wanted)
    assert kept.get(wanted) is None
    assert kept.fraction((wanted,)) == 0.0
    assert kept.fraction(()) == 1.0


def test_rules_rest_whose_partner_is_not_trained_or_not_active():
    first, untrained = model("m"), Model(Display("new", (1, 0, 0)))
    off, on = model("off", active=False), model("on")
    rules = tuple(Rule("avoid", partner.id) for partner in (untrained, off, on))
    first.interaction = InteractionSettings(rules=rules)
    session = session_of(first, untrained, off, on)
    assert interactions(session, session.active) == {
        first.id: InteractionSettings(rules=rules[2:]),
        on.id: InteractionSettings(),
    }


def test_partners_and_who_competes_with_them_are_asked_beyond_the_crop():
    first, partner, rival, other = model("m"), model("partner"), model("rival"), model("other")
    first.interaction = InteractionSettings(rules=(Rule("avoid", partner.id, 4.0),))
    partner.interaction, rival.interaction = (
        InteractionSettings(absorb=True),
        InteractionSettings(emit=True),
    )
    opened = cropped(Crop(0, 9, 10, 20, 30, 50, enabled=True))
    session = session_of(first, partner, rival, other, opened=opened)
    regions = {key: wanted.region for key, wanted in requests_of_slice(session, opened, 4).items()}
    inside, beyond = Rect(10, 30, 20, 50), Rect(6, 26, 24, 54)
    assert regions == {
        first.id: inside,
        partner.id: beyond,
        rival.id: beyond,
        other.id: inside,
    }
