"""What the status line says of the voxel under the cursor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scseg.compute.messages import SliceRequest, TomogramRef
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.preview.predictions import Prediction
from scseg.runtime.display import status_line
from scseg.runtime.display.camera import Voxel
from scseg.runtime.on_screen import RemovedPixels, ShownPrediction
from scseg.state.models import Display, Model

SHAPE = (40, 48)


def mask_of(values, **changes):
    prediction = Prediction(values)
    request = SliceRequest(TomogramRef("a", None, None, 0), None, 0, 0.2)
    model = Model(Display("Membrane", (0.0, 0.8, 0.6)))
    return ShownPrediction(model, request, prediction, prediction.revision, **changes)


def test_the_status_line_tells_what_a_model_says_and_what_was_removed():
    values = np.full(SHAPE, 0.834, np.float32)
    values[2], values[5] = -1, 0.01
    removed = np.zeros(SHAPE, bool)
    removed[:, 7] = True
    mask = mask_of(values)
    ruled = replace(mask, removed=RemovedPixels(removed))
    told = [
        status_line.prediction(each, Voxel(x, y))
        for each in (mask, ruled)
        for x, y in ((7, 3), (6, 2), (7, 5))
    ]
    seen = ["Membrane 0.83", "Membrane …", "Membrane 0.01"]
    assert told == [*seen, "Membrane 0.83, removed by a rule", *seen[1:]]


@pytest.mark.parametrize(
    ("interaction", "words"),
    [
        (InteractionSettings(absorb=True), "removed by another model"),
        (
            InteractionSettings(absorb=True, rules=(Rule("avoid", "x"),)),
            "removed by another model or a rule",
        ),
    ],
)
def test_the_status_line_tells_who_may_have_removed_it(interaction, words):
    mask = mask_of(np.full(SHAPE, 0.9, np.float32), removed=RemovedPixels(np.ones(SHAPE, bool)))
    mask.model.interaction = interaction
    assert status_line.prediction(mask, Voxel(3, 3)) == f"Membrane 0.90, {words}"


def test_the_hint_is_as_long_as_there_is_room_for():
    hints = [status_line.hint(lambda text, room=room: len(text) <= room) for room in (80, 30, 5)]
    assert hints[0].endswith(hints[1])
    assert [len(each) > 0 for each in hints] == [True, True, False]
    assert len(hints[1]) <= 30
