"""Between session and worker: whatever is done, every overlay belongs to the slice under it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import hypothesis
import mrcfile
import numpy as np
import pytest
from hypothesis import stateful
from hypothesis import strategies as st

from scseg.annotations.crop import Crop
from scseg.base.rect import Rect
from scseg.compute.messages import Band, Failed, ModelRef, Ready, SliceDone
from scseg.compute.segmentation_jobs import tomogram_ref
from scseg.datasets.normalisation import measure_normalisation
from scseg.datasets.resampling import apix_differs, resample_slice, restore_slice
from scseg.datasets.tomogram import open_tomogram
from scseg.models.files import open_model, save_model
from scseg.preview import needed_slices, urgent_parts
from scseg.preview.predictions import UNKNOWN
from scseg.runtime.models.predictor import Predictor
from scseg.state.models import Display, Model, Weights
from scseg.state.session import Session
from scseg.state.settings import Settings
from scseg.state.tomograms import OpenTomogram
from tests.fakes.models import DESCRIPTION
from tests.fakes.stepped_worker import SteppedWorker, formula

SHAPE = (6, 45, 70)


@dataclass(eq=False)
class Opened(OpenTomogram):
    """A tomogram whose crop a test sets, without an annotation."""

    crop: Crop | None = None


def open_noise(folder, name, seed):
    path = folder / name
    if not path.exists():
        with mrcfile.new(path) as file:
            file.set_data(np.random.default_rng(seed).normal(3, 2, SHAPE).astype(np.float32))
            file.voxel_size = 10.0
    return Opened(open_tomogram(path), tomogram_ref(path))


def load(folder, loss, apix=10.0):
    path = folder / f"{loss}_{apix}.scnm"
    if not path.exists():
        description = replace(DESCRIPTION, loss=loss, apix=apix, box_size=16)
        save_model(description, lambda file: file.write(f"weights {loss}".encode()), path)
    return Weights(ModelRef(str(path), open_model(path).weights_sha256), open_model(path))


def expected(opened, description, z):
    """Return what the formula says of a whole slice."""
    return said_of(opened.tomogram, description.loss, description.apix, z)


@lru_cache(maxsize=64)
def said_of(tomogram, loss, apix, z):
    grey = measure_normalisation(tomogram).apply(tomogram.slice(z))
    if not apix_differs(apix, tomogram.apix):
        return formula(grey, loss)
    step = apix / tomogram.apix
    return restore_slice(formula(resample_slice(grey, step), loss), SHAPE[1:], step)


class Browsing(stateful.RuleBasedStateMachine):
    """A user who browses, crops, toggles, loads and removes, while the worker works in fits and starts."""

    def __init__(self, folder):
        super().__init__()
        self.weights = [load(folder, 0.1), load(folder, 0.6), load(folder, 0.9, apix=17.0)]
        tomograms = [open_noise(folder, "a.mrc", 1), open_noise(folder, "b.mrc", 2)]
        self.session = Session(
            Settings(prediction_cache_mb=1), tomograms=tomograms, active=tomograms[0]
        )
        self.worker = SteppedWorker()
        self.predictor = Predictor(self.session, lambda: self.worker)

    def teardown(self):
        self.worker.close()

    def display(self, data, **changes):
        if self.session.models:
            model = data.draw(st.sampled_from(self.session.models))
            model.display = replace(model.display, **changes)

    @stateful.rule(z=st.integers(0, SHAPE[0] - 1))
    def browse(self, z):
        self.session.active.z = z

    @stateful.rule()
    def step(self):
        self.session.active.z = min(self.session.active.z + 1, SHAPE[0] - 1)

    @stateful.rule(index=st.integers(0, 1))
    def look_at(self, index):
        self.session.active = self.session.tomograms[index]

    @stateful.rule(data=st.data())
    def crop(self, data):
        spans = [sorted(data.draw(st.tuples(*[st.integers(0, n)] * 2))) for n in SHAPE]
        crop = Crop(*(end for span in spans for end in span), enabled=True)
        self.session.active.crop = crop.clipped(SHAPE)

    @stateful.rule(data=st.data())
    def look_closer(self, data):
        opened = self.session.active
        spans = [sorted(data.draw(st.tuples(*[st.integers(0, n)] * 2))) for n in SHAPE[1:]]
        opened.in_view = Rect(spans[0][0], spans[1][0], spans[0][1], spans[1][1])
        places = st.tuples(*[st.integers(0, n - 1) for n in SHAPE[1:]])
        opened.pointed = data.draw(st.none() | places)

    @stateful.rule()
    def toggle_crop(self):
        crop = self.session.active.crop
        self.session.active.crop = crop and replace(crop, enabled=not crop.enabled)

    @stateful.rule(index=st.integers(0, 2))
    def add_model(self, index):
        if len(self.session.models) < 3:
            display = Display(f"{index}", (1, 0, 0))
            self.session.models.append(Model(display, weights=self.weights[index]))

    @stateful.rule(data=st.data())
    def remove_model(self, data):
        if self.session.models:
            self.session.models.remove(data.draw(st.sampled_from(self.session.models)))

    @stateful.rule(data=st.data(), index=st.integers(0, 2))
    def train_on(self, data, index):
        if self.session.models:
            data.draw(st.sampled_from(self.session.models)).weights = self.weights[index]

    @stateful.rule(data=st.data(), active=st.booleans(), show=st.booleans())
    def switch(self, data, active, show):
        self.display(data, active=active, show=show)

    @stateful.rule(
        data=st.data(),
        overlap=st.sampled_from([0.0, 0.2, 0.5]),
        averaging=st.integers(1, 8),
        mode=st.sampled_from(["tiles", "whole"]),
    )
    def predict_otherwise(self, data, overlap, averaging, mode):
        self.display(data, overlap=overlap, averaging=averaging, mode=mode)

    @stateful.rule(megabytes=st.integers(0, 1))
    def remember_less_or_more(self, megabytes):
        self.session.settings = replace(self.session.settings, prediction_cache_mb=megabytes)

    @stateful.rule(batches=st.integers(1, 8))
    def work(self, batches):
        self.worker.work(batches)

    @stateful.rule()
    def settle(self):
        self.predictor.update()
        self.worker.work(1_000_000)
        self.predictor.update()
        wanted = needed_slices.needed_in_view(self.session)
        assert self.predictor.predictions.missing(wanted) == ()
        assert self.predictor.status == ""

    @stateful.invariant()
    def every_overlay_belongs_to_the_slice_under_it(self):
        self.predictor.update()
        opened = self.session.active
        for mask in self.predictor.masks(opened, opened.z):
            asked = needed_slices.request(opened, mask.model, opened.z, precision="auto")
            assert mask.request == asked
            values = mask.prediction.values
            truth = expected(opened, mask.model.description, opened.z)
            region = mask.request.region or Rect.whole(SHAPE[1:])
            inside = np.zeros(SHAPE[1:], bool)
            inside[region.slices] = True
            assert (values[~inside] == 0).all()
            known = inside & (values != UNKNOWN)
            np.testing.assert_allclose(values[known], truth[known], atol=1e-5)
            assert mask.prediction.fraction == pytest.approx(known.sum() / inside.sum())

    @stateful.invariant()
    def memory_stays_within_its_budget(self):
        share = self.session.settings.prediction_cache_mb << 19
        slices = 2 * len(needed_slices.all_needed(self.session)) * SHAPE[1] * SHAPE[2] * 4
        assert self.predictor.predictions.nbytes <= max(share, slices, SHAPE[1] * SHAPE[2] * 4)
        assert self.worker.server._outputs.nbytes <= 1 << 19

    @stateful.invariant()
    def nothing_fails(self):
        assert self.session.notices == [] or all(
            "poorer" in n.sentence for n in self.session.notices
        )


def test_every_answer_belongs_to_its_request_whatever_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(urgent_parts, "STEP", 8)
    monkeypatch.setattr(urgent_parts, "AROUND", 4)
    stateful.run_state_machine_as_test(
        lambda: Browsing(tmp_path),
        settings=hypothesis.settings(stateful_step_count=40),
    )


class Silent:
    """A client that notes what it is asked, and says what a test has it say."""

    ready, busy = True, False

    def __init__(self):
        self.asked, self.replies, self.restarts = [], [], 0

    def want(self, requests, cache_bytes=0):
        self.asked.append((requests, cache_bytes))

    def drain(self):
        replies, self.replies = self.replies, []
        return replies

    def restart(self):
        self.restarts += 1


@pytest.fixture
def silent(tmp_path):
    """A predictor of a tomogram and a model, whose client says nothing by itself."""
    opened = open_noise(tmp_path, "a.mrc", 1)
    model = Model(Display("m", (1, 0, 0)), weights=load(tmp_path, 0.1))
    session = Session(Settings(), tomograms=[opened], active=opened, models=[model])
    client = Silent()
    predictor = Predictor(session, lambda: client)
    predictor.update()
    return session, predictor, client


def zs(asked):
    return [request.z for request in asked[0]]


def test_a_failure_is_told_once_and_not_asked_for_again_while_it_is_in_view(silent):
    session, predictor, client = silent
    first, ahead = client.asked[-1][0]
    client.replies = [Failed(first, "No."), Failed(ahead, "No.")]
    predictor.update()
    assert [notice.sentence for notice in session.notices] == ["No."]
    session.notices.clear()
    model = session.models[0]
    session.models.append(Model(Display("n", (1, 0, 0)), weights=model.weights))
    session.models[1].display = replace(model.display, overlap=0.5)
    predictor.update()
    assert zs(client.asked[-1]) == [0, 1]
    assert {request.overlap for request in client.asked[-1][0]} == {0.5}
    session.active.z = 3
    predictor.update()
    client.replies = [Failed(client.asked[-1][0][0], "No.")]
    predictor.update()
    assert session.notices == []


def test_what_failed_is_tried_again_when_it_comes_back_or_the_worker_is_restarted(silent):
    session, predictor, client = silent
    failed = client.asked[-1][0][0]
    client.replies = [Failed(failed, "No.")]
    predictor.update()
    session.active.z = 5
    predictor.update()
    session.active.z = 0
    predictor.update()
    assert client.asked[-1][0][0] == failed
    client.replies = [Failed(failed, "No.")]
    predictor.update()
    session.notices.clear()
    predictor.restart()
    predictor.update()
    assert client.restarts == 1
    assert client.asked[-1][0][0] == failed
    client.replies = [Failed(failed, "No.")]
    predictor.update()
    assert [notice.sentence for notice in session.notices] == ["No."]


def test_what_nobody_wants_any_more_may_fail(silent):
    session, predictor, client = silent
    unwanted = client.asked[-1][0][0]
    session.active.z = 5
    predictor.update()
    client.replies = [Failed(unwanted, "There is no model epoch_0002.scnm.")]
    predictor.update()
    assert session.notices == []
    session.active.z = 0
    predictor.update()
    assert unwanted in client.asked[-1][0]


def test_half_of_the_memory_is_for_the_worker_and_its_change_is_told(silent):
    session, predictor, client = silent
    assert client.asked[-1][1] == 512 << 20
    session.settings = replace(session.settings, prediction_cache_mb=256)
    predictor.update()
    assert client.asked[-1][1] == 128 << 20


def test_how_much_faster_whole_slices_are_is_known_of_a_model_once_told(silent):
    session, predictor, client = silent
    (model,) = session.models
    assert predictor.faster(model) is None
    client.replies = [SliceDone(client.asked[-1][0][0], 0.1, (), faster=1.4)]
    predictor.update()
    assert predictor.faster(model) == 1.4
    assert predictor.faster(Model(model.display)) is None


def test_what_predicts_is_known_once_it_tells_and_what_another_predicted_is_forgotten(silent):
    session, predictor, client = silent
    wanted = client.asked[-1][0][0]
    assert wanted.precision == "auto"
    answer = np.zeros(SHAPE[1:], np.float32)
    client.replies = [
        Ready(0.0, "on a card", "float16"),
        Band(wanted, 0, answer),
        SliceDone(wanted, 0.1, ()),
    ]
    predictor.update()
    assert session.fast_precision == "float16"
    predictor.restart()
    client.replies = [Ready(0.0, "on a card", "float16")]
    predictor.update()
    assert wanted not in client.asked[-1][0]
    assert predictor.predictions.get(wanted) is not None
    predictor.restart()
    client.replies = [Ready(0.0, "on the processor", "float32")]
    predictor.update()
    assert session.fast_precision == "float32"
    assert client.asked[-1][0][0] == wanted
    assert predictor.predictions.get(wanted) is None
