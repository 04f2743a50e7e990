"""A user who browses, crops, loads, copies and removes at random, for SCSEG_SOAK_MINUTES.

The network encodes its input, so that every overlay tells whether it belongs to the slice under it.
"""

from __future__ import annotations

import os
import random
import time
from dataclasses import replace
from pathlib import Path

import mrcfile
import numpy as np
import psutil
import pytest
from imgui_bundle import hello_imgui, imgui

from scseg.actions.annotation import cropping
from scseg.actions.models import advice, copy_to_annotation, model_list
from scseg.annotations.crop import Crop
from scseg.compute.prediction_client import PredictionClient
from scseg.datasets.normalisation import measure_normalisation
from scseg.preview.predictions import UNKNOWN
from scseg.state.active_models import is_active
from tests.fakes.models import write_model
from tests.fakes.worker import formula

pytestmark = pytest.mark.gui

MINUTES = float(os.environ.get("SCSEG_SOAK_MINUTES", "0.15"))
SHAPE = (9, 90, 130)
MEGABYTES = 4
GROWTH = 48 << 20
"""More than this, in bytes, no cache and no allocator needs after the first part of the time."""

KEYS = ("Right", "Left", "PageUp", "PageDown", "Home", "End", "Up", "Down", "C", "V", "F", "I", "A")


@pytest.fixture
def files(tmp_path):
    """Two tomograms of noise and three models, one of which says the opposite of the others."""
    for number in range(2):
        noise = np.random.default_rng(number).normal(3, 2, SHAPE).astype(np.float32)
        with mrcfile.new(tmp_path / f"noise_{number}.mrc") as file:
            file.set_data(noise)
            file.voxel_size = 10.0
    names = ("one", "two", "inverse")
    weights = [write_model(tmp_path, name=name, loss=0.1 * n) for n, name in enumerate(names)]
    return [tmp_path / f"noise_{number}.mrc" for number in range(2)], weights


class Soak:
    """What the user does next; `luck` makes it happen again from the same seed."""

    def __init__(self, user, weights):
        self.user = user
        self.session = user.session
        self.weights = weights
        self.luck = random.Random(0)

    def act(self):
        deeds = (
            *[self.press] * 8,
            self.turn,
            self.crop,
            self.add,
            self.add,
            self.remove,
            self.switch,
            self.predict_otherwise,
            self.copy,
            self.search,
        )
        self.luck.choice(deeds)()
        self.user.ctx.yield_(self.luck.randint(1, 6))

    def press(self):
        self.user.press(self.luck.choice(KEYS))

    def turn(self):
        self.user.point_at()
        self.user.ctx.mouse_wheel_y(self.luck.choice((-3, -1, 1, 2)))

    def crop(self):
        opened = self.session.active
        if opened.annotation is None:
            return
        spans = [sorted(self.luck.sample(range(n + 1), 2)) for n in SHAPE[1:]]
        crop = Crop(0, SHAPE[0] - 1, *(end for span in spans for end in span), enabled=True)
        self.user.do(lambda: cropping.edit(self.session, opened, crop))

    def add(self):
        path = self.luck.choice(self.weights)
        self.user.do(lambda: self.user.window.program.open((path,)))

    def remove(self):
        if self.session.models:
            model = self.luck.choice(self.session.models)
            self.user.do(lambda: model_list.remove(self.session, model))

    def switch(self):
        name = self.luck.choice(("active", "show", "blend"))
        self.change(lambda _: {name: self.luck.random() < 0.8})

    def predict_otherwise(self):
        name, values = self.luck.choice(
            (
                ("overlap", (0.0, 0.2, 0.5)),
                ("averaging", (1, 3, 8)),
                ("mode", ("tiles", "whole")),
                ("look", ("filled", "contour", "values")),
                ("threshold", (0.1, 0.5, 0.9)),
            )
        )
        self.change(lambda _: {name: self.luck.choice(values)})

    def copy(self):
        opened = self.session.active
        active = [model for model in self.session.models if is_active(model, opened)]
        if opened.annotation is not None and active:
            model = self.luck.choice(active)
            feature = next(
                iter(opened.features), copy_to_annotation.feature_of(self.session, opened, model)
            )
            first, last = sorted(self.luck.sample(range(SHAPE[0]), 2))
            slices = range(first, last)
            self.user.do(
                lambda: copy_to_annotation.copy(self.session, opened, model, feature, slices)
            )

    def search(self):
        if advice.can_search(self.session):
            self.user.do(lambda: advice.search(self.session, 0, SHAPE[0] - 1))

    def change(self, changes):
        if self.session.models:
            model = self.luck.choice(self.session.models)
            display = replace(model.display, **changes(model.display))
            self.user.do(lambda: model_list.set_display(model, display))


def check(user, truth):
    """Look at the masks as they are drawn, between two frames; return how many are complete."""
    ui = user.window.frame.ui
    shown, masks = user.do(lambda: (ui.on_screen.shown, ui.on_screen.masks))
    for mask in masks:
        assert mask.request.tomogram == shown.image.key.tomogram
        assert mask.request.z == shown.image.key.z
        expected = truth[Path(mask.request.tomogram.path).name][mask.request.z]
        if Path(mask.request.model.path).stem.endswith("inverse"):
            expected = 1 - expected
        values = mask.prediction.values[mask.region.slices]
        known = values != UNKNOWN
        np.testing.assert_allclose(values[known], expected[mask.region.slices][known], atol=1e-5)
    needed = 2 * 9 * 3 * SHAPE[1] * SHAPE[2] * 4
    assert user.window.program.predictor.predictions.nbytes <= max(MEGABYTES << 19, needed)
    assert [n.sentence for n in user.session.notices if n.level == "error"] == []
    return sum(mask.prediction.complete for mask in masks)


def test_every_overlay_belongs_to_the_slice_under_it_whatever_the_user_does(open_window, files):
    tomograms, weights = files

    def steps(user):
        engine = hello_imgui.get_imgui_test_engine()
        imgui.test_engine.get_io(engine).config_watchdog_kill_test = 60 * MINUTES + 300
        session = user.session
        session.settings = replace(session.settings, prediction_cache_mb=MEGABYTES)
        user.wait_for(lambda: len(session.tomograms) == 2)
        truth = {
            opened.name: [
                formula(measure_normalisation(opened.tomogram).apply(opened.tomogram.slice(z)))
                for z in range(SHAPE[0])
            ]
            for opened in session.tomograms
        }
        soak, process = Soak(user, weights), psutil.Process()
        began, settled, seen = time.monotonic(), 0, 0
        while (spent := time.monotonic() - began) < 60 * MINUTES:
            soak.act()
            seen += check(user, truth)
            if spent < 15 * MINUTES:
                settled = process.memory_info().rss
        assert seen > 30 * MINUTES
        assert process.memory_info().rss - settled < GROWTH

    def start(wake):
        return PredictionClient(wake, "tests.fakes.worker")

    open_window(steps, tomograms, client=start)
