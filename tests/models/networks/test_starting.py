"""Networks that begin from a starter: with its weights, for any boxes, and changed with care."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from scseg.base.labels import IGNORE
from scseg.compute.messages import TrainingRequest
from scseg.models.description import TrainingParameters
from scseg.models.samples import KnownBoxes, Samples
from scseg.models.sampling import epoch_counts
from scseg.models.starters import starter
from scseg.models.starters.ready import ARCHITECTURE as READY
from scseg.models.starters.ready import write_ready
from tests.fakes.starters import IN_SLICES, random_boxes, write_starter

pytestmark = pytest.mark.keras

APIX = 28.0


def boxes(depth, box, features=("Membrane",)):
    random = np.random.default_rng(1)
    images = random.normal(size=(6, depth, box, box)).astype(np.float32)
    labels = np.zeros((6, box, box), np.uint8)
    labels[:4, 4:12, 4:12] = 1
    return Samples.of(images, labels, features, APIX)


def learner(folder, samples, parameters):
    """Return what teaches a new network, with the starters of a folder."""
    from unittest.mock import patch

    from scseg.compute.worker.training.learner import NetworkLearner

    request = TrainingRequest("", "", "m", (0.1, 0.2, 0.3), "VGGNet", parameters)
    starter.find_starter.cache_clear()
    with patch.object(starter, "starters_folder", lambda: folder):
        found = NetworkLearner(request, samples, samples)
    starter.find_starter.cache_clear()
    return found


def begun(folder, samples, parameters):
    """Return the weights of a network, by their paths, before it has learnt anything."""
    network = learner(folder, samples, parameters)._network
    return {weight.path: np.array(weight) for weight in network.weights}


@pytest.mark.parametrize(("depth", "box"), [(1, 16), (3, 24)])
def test_it_begins_with_the_starters_weights(in_keras_process, tmp_path, depth, box):
    _, written = write_starter(tmp_path)
    weights = in_keras_process(
        begun, tmp_path, boxes(depth, box), TrainingParameters(start="starter")
    )
    assert np.array_equal(weights["down2b/kernel"], written["down2b/kernel"].astype(np.float32))
    head = written["Membrane:up0a/kernel"].astype(np.float32)
    assert np.array_equal(weights["up0a/kernel"], head)
    first = written["down0a/kernel"][:, :, 0].astype(np.float32)
    assert np.array_equal(weights["down0a/kernel"][:, :, depth // 2], first)
    summand = np.log2(APIX / 14.0) * written["down0a/kernel"][1, 1, 1].astype(np.float32)
    bias = written["down0a/bias"].astype(np.float32) + summand
    assert np.allclose(weights["down0a/bias"], bias, atol=1e-6)


def test_an_unknown_feature_gets_a_head_of_its_own(in_keras_process, tmp_path):
    _, written = write_starter(tmp_path)
    gold = boxes(1, 16, ("Gold",))
    weights = in_keras_process(begun, tmp_path, gold, TrainingParameters(start="starter"))
    assert np.array_equal(weights["down2b/kernel"], written["down2b/kernel"].astype(np.float32))
    for feature in ("Membrane", "Ribosome"):
        head = written[f"{feature}:up0a/kernel"].astype(np.float32)
        assert not np.array_equal(weights["up0a/kernel"], head)


def test_from_scratch_nothing_is_known(in_keras_process, tmp_path):
    _, written = write_starter(tmp_path)
    weights = in_keras_process(begun, tmp_path, boxes(1, 16), TrainingParameters(start="scratch"))
    assert not np.allclose(weights["down2b/kernel"], written["down2b/kernel"], atol=1e-3)


def tuning_from(path, features=("Membrane",), depth=1):
    """Return how a network that begins from a model is changed, and how many boxes are mixed in.

    By name: the class itself imports Keras.
    """
    from scseg.compute.worker.training.learner import NetworkLearner

    request = TrainingRequest(
        "", "", "m", (0.1, 0.2, 0.3), READY, TrainingParameters(), start_from=str(path)
    )
    samples = boxes(depth, 64, features)
    training = NetworkLearner(request, samples, samples)._training
    known = training._known
    return asdict(training._tuning), 0 if known is None else len(known.samples.images)


def test_a_model_without_a_starter_to_hold_to_goes_on_in_small_steps_and_keeps_all(
    in_keras_process, tmp_path
):
    ready = write_ready("Membrane", 14.0, tmp_path)
    as_a_ready_network, known = in_keras_process(tuning_from, ready)
    # As models were saved before they told which feature they began with.
    origin = {k: v for k, v in json.loads(ready.read_text())["origin"].items() if k != "feature"}
    changed(ready, training_set_sha256="f" * 64, origin=origin)
    as_a_users, known_then = in_keras_process(tuning_from, ready)
    assert as_a_ready_network["worth"] > 0
    assert (as_a_users["worth"], as_a_users["spectra"]) == (0, 0.0)
    assert as_a_users["mixed"] == as_a_ready_network["mixed"]
    assert as_a_users["rate"] < as_a_ready_network["rate"]
    assert known == known_then > 0


def held(path):
    """Return what holds a network that goes on from a model: worth of the starter, what was kept, weights."""
    from scseg.compute.worker.training.learner import NetworkLearner

    request = TrainingRequest(
        "", "", "m", (0.1, 0.2, 0.3), READY, TrainingParameters(), start_from=str(path)
    )
    samples = boxes(1, 64)
    learner = NetworkLearner(request, samples, samples)
    training, network = learner._training, learner._network
    same = [
        np.array_equal(*each) for each in zip(training._anchor, network.get_weights(), strict=True)
    ]
    return training._tuning.worth, training.kept, all(same)


def test_a_model_goes_on_as_it_began_held_to_the_same_starter(in_keras_process, tmp_path):
    ready = write_ready("Membrane", 14.0, tmp_path)
    origin = json.loads(ready.read_text())["origin"]
    # Its weights are the starter's, however far on the way they are said to lie.
    changed(ready, training_set_sha256="f" * 64, origin=origin | {"kept": 0.9})
    worth, kept, at_the_anchor = in_keras_process(held, ready)
    assert (worth > 0, kept, at_the_anchor) == (True, 0.9, True)
    changed(ready, origin=origin | {"kept": 0.1})
    # 6 boxes of 64 px are 24 of 32, and the starter counts as 30.
    assert in_keras_process(held, ready)[1] == pytest.approx(24 / 54)
    changed(ready, origin=origin | {"kept": 0.5, "sha256": "f" * 64})
    assert in_keras_process(held, ready)[:2] == (0, 1.0)


def resumed(batches):
    """Return an anchor, weights a quarter of the way from it, what is trained then, and what is left."""
    from scseg.models.networks.architectures import build
    from scseg.models.networks.backend import set_seed
    from scseg.models.networks.beginning import Beginning
    from scseg.models.networks.training import Training
    from scseg.models.networks.tuning import Tuning

    set_seed(0)
    anchor = build("UNet BN small", 16, 1).get_weights()
    network = build("UNet BN small", 16, 1)
    begun = network.get_weights()
    beginning = Beginning("0" * 64, Tuning(worth=10**9), anchor=anchor, kept=0.25)
    training = Training(network, boxes(1, 16), TrainingParameters(batch_size=6), beginning)
    trained = training._trained.get_weights()
    for _ in zip(range(batches), training.steps(), strict=False):
        pass
    training.take_over()
    return anchor, begun, trained, network.get_weights(), training._average.mean()


def test_what_goes_on_is_what_was_learnt_and_of_that_as_much_is_kept_as_before(in_keras_process):
    anchor, begun, trained, left, _ = in_keras_process(resumed, 0)
    for known, now, whole, same in zip(anchor, begun, trained, left, strict=True):
        np.testing.assert_allclose(whole, known + 4 * (now - known), atol=1e-5)
        assert np.array_equal(now, same)
    anchor, _, _, left, learnt = in_keras_process(resumed, 2)
    for known, then, now in zip(anchor, learnt, left, strict=True):
        np.testing.assert_allclose(now, known + 0.25 * (then - known), atol=1e-5)


@pytest.mark.parametrize(("feature", "is_known"), [("Gold", False), ("Ribosome", True)])
def test_a_ready_network_keeps_all_that_it_learns_of_another_feature(
    in_keras_process, tmp_path, feature, is_known
):
    ready = write_ready("Membrane", 14.0, tmp_path)
    tuning, known = in_keras_process(tuning_from, ready, (feature,))
    assert (tuning["worth"], known > 0) == (0, is_known)


def changed(path, **values):
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_simulated_boxes_are_mixed_in_where_a_starter_taught_the_feature(
    in_keras_process, tmp_path
):
    ready = write_ready("Membrane", 14.0, tmp_path)
    assert in_keras_process(tuning_from, ready, ("Membranes",))[1] > 0
    assert in_keras_process(tuning_from, ready, ("Gold",))[1] == 0
    values = json.loads(ready.read_text())
    del values["origin"]
    ready.write_text(json.dumps(values))
    assert in_keras_process(tuning_from, ready)[1] == 0


def steps_of_layers(early):
    """Return how far the first and the last kernel move in one batch."""
    from scseg.models.networks.architectures import build
    from scseg.models.networks.beginning import Beginning
    from scseg.models.networks.training import Training
    from scseg.models.networks.tuning import Tuning

    network = build("UNet deep", 16, 1)
    beginning = Beginning("0" * 64, Tuning(1.0, early))
    training = Training(network, boxes(1, 16), TrainingParameters(batch_size=6), beginning)
    weights = lambda: [np.array(w) for w in training._trained.weights if "kernel" in w.path]  # noqa: E731
    before = weights()
    next(training.steps())
    moved = [np.abs(a - b).max() for a, b in zip(before, weights(), strict=True)]
    return moved[0], moved[-1]


def tuned(folder, features, depth=1):
    """Return whether a network of these features is learnt with care, and among simulated boxes."""
    samples = boxes(depth, 16, features)
    training = learner(folder, samples, TrainingParameters(start="starter"))._training
    tuning = training._tuning
    return tuning.worth > 0 and tuning.early < 1, training._known is not None


def test_only_what_the_starter_knows_is_changed_with_care(in_keras_process, tmp_path):
    write_starter(tmp_path)
    assert in_keras_process(tuned, tmp_path, ("Ribosome",)) == (True, True)
    assert in_keras_process(tuned, tmp_path, ("Gold",)) == (False, False)
    # Simulated boxes are of one slice.
    assert in_keras_process(tuned, tmp_path, ("Ribosome",), 3) == (True, False)


def tunings(*architectures):
    from scseg.models.networks.tuning import tuning_of

    return [asdict(tuning_of(each)) for each in architectures]


def test_what_is_normalised_as_it_predicts_is_changed_in_larger_steps(in_keras_process):
    plain, normalised, small = in_keras_process(tunings, "VGGNet", "UNet BN", "VGGNet BN small")
    assert normalised == small
    assert all(normalised[each] > plain[each] for each in ("rate", "early"))


def odds_told(folder, rows=8):
    """Return what a network that begins from a starter is told of its boxes, and its first loss."""
    parameters = TrainingParameters(start="starter", batch_size=8)
    samples = boxes(1, 16)
    samples.labels[:, 4 + rows :] = 0
    training = learner(folder, samples, parameters)._training
    batch = next(training._batches())
    own, known = batch.labels[: batch.count - 2, ..., 1], batch.labels[batch.count - 2 :, ..., 1]
    told = [np.unique(each).tolist() for each in (own, known[:2])]
    return told, next(training.steps()).loss


def test_a_network_is_told_how_much_likelier_its_feature_is_in_the_users_boxes(
    in_keras_process, tmp_path
):
    write_starter(tmp_path)
    told, loss = in_keras_process(odds_told, tmp_path)
    _, known = random_boxes()
    usual = TrainingParameters()
    dealt = epoch_counts(4, 2, usual.copies, usual.negatives)
    own = boxes(1, 16).labels[:4].mean() * dealt.positives / dealt.total
    odds = [part / (1 - part) for part in (own, known["Membrane"].mean(), IN_SLICES)]
    likelier = np.log(odds[:2]) - np.log(odds[2])
    np.testing.assert_allclose(told, likelier[:, None], atol=0.01)
    assert np.isfinite(loss)


def test_it_is_not_told_that_its_feature_is_more_frequent_in_slices_than_in_boxes(
    in_keras_process, tmp_path
):
    write_starter(tmp_path)
    (own, _), _ = in_keras_process(odds_told, tmp_path, 1)
    assert own == [0]


def validated(folder):
    """Return the loss that boxes held out are told to have, and that with and without odds."""
    from scseg.models.networks.validation import judged

    samples = boxes(1, 16)
    taught = learner(folder, samples, TrainingParameters(start="starter", batch_size=6))
    told = taught.validate(lambda: False)
    losses = [
        judged(taught._network, samples, 6, lambda: False, odds)[0]
        for odds in (taught._training.odds.own, 0.0)
    ]
    return told.loss, *losses


def test_boxes_held_out_are_judged_by_the_loss_of_training(in_keras_process, tmp_path):
    write_starter(tmp_path)
    told, with_odds, without = in_keras_process(validated, tmp_path)
    assert told == pytest.approx(with_odds)
    assert told != pytest.approx(without, rel=1e-3)


def boxes_in_a_batch(mixed):
    """Return how many boxes a batch of six has, where simulated ones are known."""
    from scseg.models.networks.architectures import build
    from scseg.models.networks.beginning import Beginning
    from scseg.models.networks.training import Training
    from scseg.models.networks.tuning import Tuning

    own, network = boxes(1, 16), build("UNet deep", 16, 1)
    parameters = TrainingParameters(batch_size=6)
    known = KnownBoxes(own, 0.05)
    beginning = Beginning("0" * 64, Tuning(mixed=mixed), known)
    training = Training(network, own, parameters, beginning)
    return len(next(training._batches()).images)


@pytest.mark.parametrize(("mixed", "count"), [(0.0, 6), (0.5, 9)])
def test_known_boxes_are_mixed_in_if_any_are_wanted(in_keras_process, mixed, count):
    assert in_keras_process(boxes_in_a_batch, mixed) == count


def test_early_layers_move_less(in_keras_process):
    first, last = in_keras_process(steps_of_layers, 0.1)
    assert first == pytest.approx(0.1 * last, rel=0.02)
    first, last = in_keras_process(steps_of_layers, 1.0)
    assert first == pytest.approx(last, rel=0.02)


def learned(worth, ignored=0):
    """Return the weights that a network begins with, and those after two batches.

    So many rows of each box are not judged.
    """
    from scseg.models.networks.architectures import build
    from scseg.models.networks.backend import set_seed
    from scseg.models.networks.beginning import Beginning
    from scseg.models.networks.training import Training
    from scseg.models.networks.tuning import Tuning

    set_seed(0)
    samples = boxes(1, 16)
    samples.labels[:, 16 - ignored :] = IGNORE
    network = build("UNet deep", 16, 1)
    begun = network.get_weights()
    parameters = TrainingParameters(batch_size=6)
    beginning = Beginning("0" * 64, Tuning(worth=worth))
    training = Training(network, samples, parameters, beginning)
    steps = training.steps()
    next(steps), next(steps)
    training.take_over()
    return begun, network.get_weights()


@pytest.mark.parametrize("ignored", [0, 4])
def test_a_part_of_what_was_learnt_is_kept(in_keras_process, ignored):
    begun, whole = in_keras_process(learned, 0, ignored)
    judged = 6 * 16 * (16 - ignored)
    again, part = in_keras_process(learned, 3 * judged, ignored)
    assert all(np.array_equal(*each) for each in zip(begun, again, strict=True))
    assert any(np.abs(now - then).max() > 1e-4 for then, now in zip(begun, whole, strict=True))
    for then, now, quarter in zip(begun, whole, part, strict=True):
        assert np.allclose(quarter, 0.75 * then + 0.25 * now, atol=1e-5)


def shares(*boxes):
    """Return which part of what boxes teach is kept, of so many of a size."""
    from scseg.models.networks.tuning import TUNING

    return [TUNING.share(count * size**2) for count, size in boxes]


def test_the_more_is_annotated_the_more_is_kept(in_keras_process):
    kept = in_keras_process(shares, (3, 32), (10, 32), (30, 32), (10, 64), (90, 32), (90, 64))
    assert kept == sorted(kept)
    assert kept[1:5] == [0.25, 0.5, pytest.approx(4 / 7), 0.75]
    assert kept[-1] < 1
