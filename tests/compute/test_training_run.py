"""A training run around a network that is a formula: hold-out, checkpoints, the best epoch, trouble."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.compute.messages import (
    BatchDone,
    EpochDone,
    Stop,
    TrainingDone,
    TrainingRequest,
    TrainingStarted,
    Validation,
)
from scseg.compute.reply_waiter import ReplyWaiter
from scseg.compute.training_client import TrainingClient
from scseg.compute.worker.training.training_run import run_training
from scseg.datasets.normalisation import DEFINITION, WITH_PADDING
from scseg.datasets.training_sets.source_tomogram import SourceTomogram
from scseg.datasets.training_sets.training_set import TrainingSet, save_training_set
from scseg.models.description import TrainingParameters
from scseg.models.display_settings import DisplaySettings
from scseg.models.files import open_model, save_model
from scseg.models.sampling import Counts
from scseg.models.starters.starter import find_starter
from tests.fakes.learner import BEST_EPOCH, FakeLearner
from tests.fakes.models import write_model

FAKE = "tests.fakes.worker"
PARAMETERS = TrainingParameters(
    epochs=6, batch_size=8, copies=1, negatives=0.0, validation=0.2, start="scratch"
)


def training_set(positives=50, negatives=50, box=16, depth=1, apix=10.0):
    """Return boxes on five slices, as many of each kind on each."""
    count = positives + negatives
    labels = np.zeros((count, box, box), np.uint8)
    labels[:positives, 4:8, 4:8] = 1
    place = np.arange(count)
    positions = np.stack([place % 5 * 10, 20 * (place // 5 % 10), 20 * (place // 50)], axis=1)
    return TrainingSet(
        images=np.zeros((count, depth, box, box), np.float32),
        labels=labels,
        positions=positions,
        origins=np.zeros(count, np.int64),
        apix=apix,
        features=("Membrane",),
        sources=(SourceTomogram("t.mrc", apix, 0.0, 1.0),),
        normalisation=DEFINITION,
    )


@pytest.fixture
def request_(tmp_path):
    save_training_set(training_set(), tmp_path / "set.scnt")
    return TrainingRequest(
        training_set=str(tmp_path / "set.scnt"),
        folder=str(tmp_path / "models"),
        name="Membrane",
        colour=(0.1, 0.2, 0.3),
        architecture="VGGNet",
        parameters=PARAMETERS,
    )


@pytest.fixture(autouse=True)
def _models(tmp_path):
    (tmp_path / "models").mkdir()


def replies_to(request, after_epoch=lambda *_: None):
    """Return all that a run tells until it is done."""
    waiter = ReplyWaiter()
    client = TrainingClient(request, waiter.ring, FAKE)
    came = []
    try:
        for reply in waiter.replies(client):
            came.append(reply)
            if isinstance(reply, EpochDone):
                after_epoch(client, reply.epoch)
            if isinstance(reply, TrainingDone):
                return came
    finally:
        client.close()


def kind(replies, wanted):
    return [reply for reply in replies if isinstance(reply, wanted)]


def test_a_fifth_is_held_out_and_every_epoch_is_judged_by_it(request_):
    replies = replies_to(request_)
    (started,) = kind(replies, TrainingStarted)
    assert (started.boxes, started.held_out) == (Counts(40, 40), Counts(10, 10))
    assert max(batch.batch for batch in kind(replies, BatchDone)) == 9
    judged = [epoch.validation for epoch in kind(replies, EpochDone)]
    assert [v.loss for v in judged] == pytest.approx([0.12, 0.11, 0.1, 0.11, 0.12, 0.13])
    assert judged[2] == Validation(0.1, 0.9)


def test_best_and_last_are_both_whole_models_at_the_end(request_):
    done = replies_to(request_)[-1]
    best, last = open_model(Path(done.best.path)), open_model(Path(done.model.path))
    assert (best.epochs_trained, last.epochs_trained) == (3, 6)
    assert (best.validation_loss, best.validation_dice) == pytest.approx((0.1, 0.9))
    assert last.validation_loss == pytest.approx(0.13)
    assert best.weights_sha256 == done.best.weights_sha256


def test_each_model_carries_the_curve_of_the_epochs_up_to_it(request_):
    replies = replies_to(request_)
    told = [
        (each.epoch, *(pytest.approx(n, rel=1e-5) for n in (each.loss, each.validation.loss)))
        for each in kind(replies, EpochDone)
    ]
    best, last = (open_model(Path(each.path)) for each in (replies[-1].best, replies[-1].model))
    assert [epoch[:3] for epoch in last.curve] == told
    assert best.curve == last.curve[:3]
    assert best.curve[-1].dice == pytest.approx(best.validation_dice)


def test_only_the_best_and_the_latest_checkpoints_fill_the_disk(request_):
    replies_to(request_)
    names = sorted(path.name for path in Path(request_.folder).glob("*/*"))
    assert names == [
        f"epoch_000{number}.{ending}" for number in (3, 5, 6) for ending in ("h5", "scnm")
    ]


def test_without_validation_there_is_no_best(request_):
    off = replace(request_, parameters=replace(PARAMETERS, validation=0))
    replies = replies_to(off)
    (started,) = kind(replies, TrainingStarted)
    assert (started.boxes, started.held_out) == (Counts(50, 50), Counts(0, 0))
    assert started.notices == ()
    assert replies[-1].best is None
    assert open_model(Path(replies[-1].model.path)).validation_loss is None
    assert [epoch.validation for epoch in kind(replies, EpochDone)] == [None] * 6


def test_what_it_begins_from_is_told_and_stands_in_the_model(request_):
    begun = replace(request_, parameters=replace(PARAMETERS, start="starter", epochs=1))
    replies = replies_to(begun)
    starter = find_starter("VGGNet")
    (started,) = kind(replies, TrainingStarted)
    assert started.notices[0].startswith(f"Training begins from the {starter.name}, which knows")
    first = Path(replies[-1].model.path)
    origin = replace(starter.origin("Membrane"), kept=FakeLearner.kept)
    assert open_model(first).origin == origin
    further = replies_to(replace(begun, start_from=str(first)))
    assert open_model(Path(further[-1].model.path)).origin == origin
    scratch = replies_to(replace(request_, parameters=replace(PARAMETERS, epochs=1)))
    assert open_model(Path(scratch[-1].model.path)).origin is None


@pytest.mark.parametrize("going_on", [False, True])
def test_what_knew_the_feature_ends_once_its_boxes_have_taught_enough(request_, going_on):
    # Of 80 boxes that are learnt from, 12,000 samples are enough: 1,600 make an epoch.
    parameters = replace(PARAMETERS, start="starter", copies=20, batch_size=400, epochs=60)
    asked = replace(request_, parameters=parameters)
    if going_on:
        first = replies_to(replace(asked, parameters=replace(parameters, epochs=1)))[-1].model
        asked = replace(asked, start_from=first.path)
    replies = replies_to(asked)
    (started,) = kind(replies, TrainingStarted)
    assert started.epochs == len(kind(replies, EpochDone)) == 7
    (told,) = (notice for notice in started.notices if "instead of 60" in notice)
    assert "ends after 7 epochs" in told
    assert "80 boxes" in told
    fractions = [batch.fraction for batch in kind(replies, BatchDone)]
    assert fractions == pytest.approx([n / 28 for n in range(1, 29)])
    assert not replies[-1].stopped
    model = open_model(Path(replies[-1].model.path))
    assert (model.epochs_trained, model.training.epochs) == (7 + going_on, 60)


@pytest.mark.parametrize("features", [("Membrane",), ("Gold",)])
def test_all_epochs_are_learnt_from_scratch_and_of_what_is_new_to_the_starter(request_, features):
    known = features == ("Membrane",)
    save_training_set(replace(training_set(), features=features), Path(request_.training_set))
    parameters = replace(PARAMETERS, copies=20, batch_size=400, epochs=9)
    start = "scratch" if known else "starter"
    asked = replace(request_, parameters=replace(parameters, start=start))
    (started,) = kind(replies_to(asked), TrainingStarted)
    assert started.epochs == 9
    assert not any("Training ends" in notice for notice in started.notices)


def test_with_few_boxes_nothing_is_held_out_unasked_and_it_says_why(request_):
    save_training_set(training_set(30, 30), Path(request_.training_set))
    replies = replies_to(replace(request_, parameters=replace(PARAMETERS, validation=None)))
    (started,) = kind(replies, TrainingStarted)
    assert started.held_out == Counts(0, 0)
    assert "all 60 boxes, 30 with the feature" in started.notices[0]


def test_the_time_left_is_told_and_ends_at_nothing(request_):
    left = [batch.seconds_left for batch in kind(replies_to(request_), BatchDone)]
    assert left[0] is None
    assert all(seconds >= 0 for seconds in left[1:])
    assert left[-1] == 0


def test_a_stopped_run_keeps_what_was_learnt_and_the_best_so_far(request_):
    endless = replace(
        request_, name="slow", parameters=replace(PARAMETERS, epochs=10_000, batch_size=1)
    )
    replies = replies_to(endless, lambda client, _: client.stop())
    done = replies[-1]
    assert done.stopped
    assert open_model(Path(done.best.path)).epochs_trained == 1
    model = open_model(Path(done.model.path))
    assert model.epochs_trained == len(kind(replies, EpochDone))
    assert model.validation_loss is None


class Pipe:
    """The parent's end of a run in this process: it asks for the end while the third epoch is judged."""

    def __init__(self):
        self.told = []
        self.ends = threading.Event()
        self.asks = iter([Stop()])

    def send(self, reply):
        self.told.append(reply)

    def recv(self):
        self.ends.wait()
        with contextlib.suppress(StopIteration):
            return next(self.asks)
        raise EOFError


def test_an_epoch_that_was_judged_counts_also_where_the_end_was_asked_for_meanwhile(request_):
    """The third epoch is the best: it is in the curve, and offered as the best."""
    pipe = Pipe()

    class Learner(FakeLearner):
        def validate(self, unwanted):
            found = super().validate(lambda: False)
            if self._epoch == BEST_EPOCH:
                pipe.ends.set()
                while not unwanted():
                    time.sleep(0.001)
            return found

    run_training(pipe, replace(request_, parameters=replace(PARAMETERS, batch_size=100)), Learner)
    epochs, (done,) = kind(pipe.told, EpochDone), kind(pipe.told, TrainingDone)
    assert [each.epoch for each in epochs] == [0, 1, 2]
    assert done.stopped
    assert done.best == epochs[BEST_EPOCH].model


def test_training_goes_on_from_a_model_with_a_word_on_the_optimiser(request_, tmp_path):
    looks = DisplaySettings(alpha=0.5, threshold=0.7, overlap=0.4)
    start = write_model(tmp_path, box_size=16, epochs_trained=7, display=looks)
    replies = replies_to(replace(request_, start_from=str(start)))
    (started,) = kind(replies, TrainingStarted)
    assert f"goes on from {start.name} (7 epochs" in started.notices[0]
    assert "optimiser starts afresh" in started.notices[0]
    made = open_model(Path(replies[-1].model.path))
    assert (made.epochs_trained, made.display) == (13, looks)


@pytest.mark.parametrize(
    ("before", "suspected"),
    [
        ("the same boxes", False),
        ("another set", True),
        ("all boxes", True),
        ("none, it is a ready network", False),
    ],
)
def test_judging_by_boxes_that_may_have_been_learnt_before_is_told(
    request_, tmp_path, before, suspected
):
    first = replies_to(request_)[-1].model
    learnt = open_model(Path(first.path))
    if before == "another set":
        learnt = replace(learnt, training_set_sha256="f" * 64)
    if before == "all boxes":
        learnt = replace(learnt, training=replace(learnt.training, validation=0.0))
    if "ready" in before:
        origin = find_starter("VGGNet").origin("Membrane")
        learnt = replace(learnt, training_set_sha256="", epochs_trained=0, origin=origin)
    start = tmp_path / "start.scnm"
    save_model(learnt, lambda file: file.write(b"weights"), start)
    going_on = replace(request_, start_from=str(start))
    told = [
        kind(replies_to(each), TrainingStarted)[0].notices
        for each in (going_on, unjudged(going_on))
    ]
    warned = ["may have learnt some of those that are held out" in " ".join(each) for each in told]
    assert warned == [suspected, False]


def unjudged(request):
    return replace(request, parameters=replace(request.parameters, validation=0.0))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"box_size": 32}, "boxes of 32 pixels, not 16"),
        ({"box_size": 16, "depth": 3}, "boxes of 3 slices, not 1"),
        ({"box_size": 16, "apix": 10.2}, "at 10.200 A per pixel, not 10.000"),
        ({"box_size": 16, "architecture": "UNet deep"}, "is a UNet deep, not a VGGNet"),
        (
            {"box_size": 16, "normalisation": WITH_PADDING},
            "definition 'tomogram quantiles 1', not 'tomogram quantiles 2'",
        ),
    ],
)
def test_a_model_that_does_not_fit_is_refused_with_both_values(request_, tmp_path, changes, words):
    start = write_model(tmp_path, **changes)
    with pytest.raises(ScsegError, match=words):
        replies_to(replace(request_, start_from=str(start)))


def test_a_pixel_size_within_one_percent_is_taken(request_, tmp_path):
    start = write_model(tmp_path, box_size=16, apix=10.09)
    assert replies_to(replace(request_, start_from=str(start)))[-1].model


def last_checkpoint(request):
    return open_model(sorted(Path(request.folder).glob("*/epoch_*.scnm"))[-1])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dies", "ended with code 7"),
        ("memory", "not enough memory"),
        ("diverges", "lower learning rate"),
    ],
)
def test_what_befalls_a_run_is_told_and_its_last_checkpoint_is_whole(request_, name, words):
    with pytest.raises(ScsegError, match=f"{words}.*up to the end of epoch 2 is in .*epoch_0002"):
        replies_to(replace(request_, name=name))
    assert last_checkpoint(request_).epochs_trained == 2


def test_a_disk_that_is_full_at_a_checkpoint(request_, small_disk):
    endless = replace(
        request_,
        name="slow",
        folder=str(small_disk),
        parameters=replace(PARAMETERS, epochs=10_000),
    )
    with pytest.raises(ScsegError, match=r"disk is full.*up to the end of epoch"):
        replies_to(endless, lambda _, epoch: fill(small_disk / f"ballast{epoch}"))
    assert last_checkpoint(endless).epochs_trained >= 1
    assert not list(small_disk.glob("*/*.new.h5"))


def fill(ballast):
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_sets_that_are_deeper_are_trained_and_described_as_such(request_):
    save_training_set(training_set(depth=3), Path(request_.training_set))
    assert open_model(Path(replies_to(request_)[-1].model.path)).depth == 3
