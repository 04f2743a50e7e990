"""How predictions are drawn on the stage Segmentation: what is being annotated there is seen."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.actions.commands import action
from scseg.actions.view import view
from scseg.compute.messages import SliceRequest, TomogramRef
from scseg.preview.predictions import Prediction
from scseg.runtime.display.scene import Screen, scene_of
from scseg.runtime.on_screen import OnScreen, ShownPrediction, SliceOnScreen
from scseg.runtime.tomograms.slice_reader import SliceKey, measured
from scseg.state.models import Display, Model
from scseg.state.panel_layout import Stage
from scseg.state.session import Session
from scseg.state.tomograms import OpenTomogram

SHAPE = (3, 8, 9)
REF = TomogramRef("a", None, None, 0)
SCREEN = Screen((90.0, 80.0), 1.0, 1.0, (0, 0, 0))


class Volume:
    shape = SHAPE


@pytest.fixture
def session():
    session = Session(models=[Model(Display("Membrane", (0.0, 0.8, 0.6), look="values"))])
    session.active = OpenTomogram(Volume(), REF)
    return session


@pytest.fixture
def on_screen(session):
    image = measured(SliceKey(REF, 1), np.zeros(SHAPE[1:], np.float32))
    prediction = Prediction(np.ones(SHAPE[1:], np.float32))
    mask = ShownPrediction(session.models[0], SliceRequest(REF, None, 1, 0.2), prediction, 1)
    return OnScreen(SliceOnScreen(session.active, image, image), masks=(mask,))


def looks(session, on_screen):
    return [each.look for each in scene_of(session, on_screen, SCREEN).overlays]


def test_it_is_an_outline_at_first_and_what_the_key_makes_of_it(session, on_screen):
    found = []
    for _ in range(4):
        found.append(looks(session, on_screen))
        action("next-beside").run(session)
    assert found == [["contour"], ["values"], [], ["contour"]]


def test_on_the_stage_models_each_is_drawn_as_it_is_set(session, on_screen):
    view.set_stage(session, Stage.MODELS)
    for how in ("outline", "as on Models", "off"):
        view.set_predictions_beside(session, how)
        assert looks(session, on_screen) == ["values"]


def test_what_rules_took_away_does_not_cover_what_is_drawn(session, on_screen):
    found = []
    for _ in range(2):
        found += [each.hatched for each in scene_of(session, on_screen, SCREEN).overlays]
        action("next-beside").run(session)
    view.set_stage(session, Stage.MODELS)
    found += [each.hatched for each in scene_of(session, on_screen, SCREEN).overlays]
    assert found == [False, True, True]


def test_the_menu_tells_which_way_it_is(session):
    for number in range(3):
        action(f"beside-{number}").run(session)
        assert [action(f"beside-{each}").checked(session) for each in range(3)] == [
            each == number for each in range(3)
        ]
