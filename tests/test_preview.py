"""What is asked of the prediction worker, and how its answers are kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from scseg.compute.messages import Band, ModelRef, TomogramRef
from scseg.open_models import Display, Model, Weights
from scseg.preview import CHEAP_PIXELS, UNKNOWN, Predictions, request, resolve, visible
from scseg.session import OpenTomogram, Session


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
    assert resolve(Session()) == ()
    assert resolve(session_of()) == ()


def test_nothing_is_asked_while_the_pixel_size_is_unknown():
    opened = tomogram()
    opened.tomogram.apix = None
    session = session_of(model("m"), opened=opened)
    assert resolve(session) == ()
    opened.ref = replace(opened.ref, apix=13.92)
    assert [each.tomogram.apix for each in resolve(session)] == [13.92] * 3


def test_the_slice_in_view_comes_first_then_the_next_then_the_one_behind():
    wanted = resolve(session_of(model("m"), opened=tomogram(direction=-1)))
    assert [each.z for each in wanted] == [4, 3, 5]


def test_a_model_that_has_learnt_nothing_is_not_asked():
    session = session_of(model("m"), Model(Display("new", (1, 0, 0))))
    assert {each.model.path for each in resolve(session)} == {"m"}
    assert request(session.active, session.models[1], 4) is None


def test_shown_models_come_before_hidden_ones_and_inactive_ones_never():
    session = session_of(model("hidden", show=False), model("off", active=False), model("shown"))
    assert [each.model.path for each in visible(session)] == ["shown", "hidden"]


def test_slices_outside_of_the_tomogram_are_not_asked_for():
    assert [each.z for each in resolve(session_of(model("m"), opened=tomogram(z=0)))] == [0, 1]
    assert [each.z for each in resolve(session_of(model("m"), opened=tomogram(z=8)))] == [8, 7]


def test_only_cheap_neighbours_are_predicted_ahead():
    side = int(CHEAP_PIXELS**0.5)
    cheap = tomogram(shape=(9, side, side))
    dear = tomogram(shape=(9, side, side + 1))
    assert len(resolve(session_of(model("m"), opened=cheap))) == 3
    assert len(resolve(session_of(model("m"), opened=dear))) == 1
    assert len(resolve(session_of(model("m"), model("n"), opened=cheap))) == 2


@pytest.mark.parametrize("change", [{"threshold": 0.1}, {"alpha": 0.1}, {"blend": True}])
def test_how_a_mask_is_drawn_asks_for_nothing_new(change):
    session = session_of(model("m"))
    before = resolve(session)
    session.models[0].display = replace(session.models[0].display, **change)
    assert resolve(session) == before


def test_overlap_and_weights_do():
    session = session_of(model("m"))
    before = set(resolve(session))
    session.models[0].display = replace(session.models[0].display, overlap=0.5)
    assert not before & set(resolve(session))
    session = session_of(model("m"))
    session.models[0].weights = Weights(ModelRef("m", "1"), None)
    assert not before & set(resolve(session))


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
