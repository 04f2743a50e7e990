"""A model held against labelled boxes: which of them judge it, what is found, and how it ends."""

from __future__ import annotations

import tracemalloc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from scseg.base.errors import CancelledError, ScsegError
from scseg.base.progress import silent
from scseg.compute import checking
from scseg.compute.check_tables import COLUMNS, write_check_table
from scseg.compute.checking import CheckOptions, check_model, compared, judges_of
from scseg.compute.training_split import split_training_set
from scseg.datasets.training_sets.training_set import fingerprint
from scseg.models.description import TrainingParameters
from scseg.models.files import open_model
from tests.fakes.checked import boxes_of, compare, emptied, written
from tests.fakes.models import DESCRIPTION, write_model

WORKER = "tests.fakes.worker"


def check(files, report=silent, **options):
    model, boxes = files
    return check_model(model, boxes, CheckOptions(**options), report, WORKER)


def test_boxes_are_predicted_and_the_spoilt_ones_come_first(tmp_path):
    boxes = emptied(boxes_of(40), 7, 21)
    found = check(written(tmp_path, boxes))
    assert set(found.worst_first[:2]) == {7, 21}
    right = np.ones(40, bool)
    right[[7, 21]] = False
    assert (found.dice[right] == 1.0).all()
    assert (found.surface_dice[right] == 1.0).all()
    assert (found.dice[~right] == 0.0).all()
    # All of 38 squares, and two that are not labelled.
    assert found.best_dice == pytest.approx(2 * 38 / (38 + 40))


def test_images_are_not_kept_while_the_process_predicts(tmp_path, monkeypatch):
    """It reads them for itself, and they may take gigabytes."""
    kept = []
    load = checking.load_training_set

    def loading(path):
        found = load(path)
        kept.append(weakref.ref(found))
        return found

    def predicting(*_):
        (held,) = kept
        assert held() is None
        raise CancelledError

    monkeypatch.setattr(checking, "load_training_set", loading)
    monkeypatch.setattr(checking, "predict_boxes", predicting)
    with pytest.raises(CancelledError):
        check(written(tmp_path, boxes_of(2)))


def test_what_predicted_values_mean_is_told(tmp_path):
    """The fake network says 0.95 of every pixel of the squares, and 0.05 of all others."""
    found = check(written(tmp_path, boxes_of(20)))
    calibrated = found.calibration
    assert calibrated.shares[-1] == 1.0
    assert calibrated.shares[0] == 0.0
    said = 1.0 / (1.0 + np.exp(-3.0))
    assert calibrated.predicted[-1] == pytest.approx(said, abs=1e-6)
    assert calibrated.error == pytest.approx(1.0 - said, abs=1e-6)


def test_boxes_that_training_held_out_judge():
    boxes = boxes_of(120)
    parameters = TrainingParameters(validation=0.25)
    model = model_of(boxes, parameters)
    found = compare(model, boxes, certain(boxes))
    held_out = split_training_set(boxes, 0.25).held_out
    assert 0 < len(held_out) < 120
    np.testing.assert_array_equal(np.flatnonzero(found.judging), held_out)
    assert found.judged_by == f"{len(held_out)} boxes held out from training"
    assert found.why == ""
    assert len(found.dice) == 120


def test_where_none_were_held_out_all_judge_and_that_is_told():
    boxes = boxes_of(30)
    found = compare(model_of(boxes, TrainingParameters()), boxes, certain(boxes))
    assert found.judging.all()
    assert found.judged_by == "30 boxes that the model has learnt from"
    assert "from 100 boxes on" in found.why
    none_asked = TrainingParameters(validation=0.0)
    assert "without holding boxes out" in compare(
        model_of(boxes, none_asked), boxes, certain(boxes)
    ).why  # fmt: skip


def test_of_another_set_it_is_not_known_what_was_learnt_from():
    boxes = boxes_of(30)
    found = compare(DESCRIPTION, boxes, certain(boxes))
    assert found.judging.all()
    assert found.judged_by == "all 30 boxes, learnt from or not"
    assert "another set" in found.why


def test_without_the_feature_no_threshold_is_best():
    boxes = emptied(boxes_of(3), 0, 1, 2)
    found = compare(DESCRIPTION, boxes, certain(boxes_of(3)))
    assert found.best is None
    assert found.threshold == 0.5


def test_the_table_is_of_the_threshold_that_is_asked_for():
    boxes = boxes_of(3)
    half_sure = (0.5 * certain(boxes)).astype(np.float32)
    options = CheckOptions(threshold=0.6)
    assert (compare(DESCRIPTION, boxes, half_sure, options).dice == 0.0).all()
    assert (compare(DESCRIPTION, boxes, half_sure).dice == 1.0).all()


def test_boxes_disagree_with_the_masks_of_the_table():
    """At the best threshold all labels are right; at that which is asked for, one box is found empty."""
    boxes = boxes_of(4)
    predictions = 0.9 * certain(boxes)
    predictions[2] = 0.5 * certain(boxes)[2]
    found = compare(DESCRIPTION, boxes, predictions, CheckOptions(threshold=0.6))
    assert found.worst_first[0] == 2
    assert found.dice[2] == 0.0
    assert found.disagreement[2] > 0.0
    assert compare(DESCRIPTION, boxes, predictions).disagreement[2] < 0.0


def test_one_box_is_not_all_boxes():
    assert compare(DESCRIPTION, boxes_of(1), certain(boxes_of(1))).judged_by == (
        "one box, learnt from or not"
    )


def test_a_large_set_takes_little_memory_beside_itself():
    boxes = boxes_of(4000, box=64)
    predictions = certain(boxes)
    all_judge = judges_of(DESCRIPTION, boxes, is_own=False)
    tracemalloc.start()
    compared(all_judge, boxes, predictions)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < predictions.nbytes


def test_the_table_is_written_with_the_worst_first(tmp_path):
    boxes = emptied(boxes_of(5), 3)
    path = tmp_path / "table.csv"
    write_check_table(compare(DESCRIPTION, boxes, certain(boxes_of(5))), path)
    head, first, *others = [line.split(",") for line in path.read_text().splitlines()]
    assert head == list(COLUMNS)
    assert first[:4] == ["t.mrc", *map(str, boxes.positions[3])]
    assert first[4:8] == ["0", "1", "0.0000", "0.0000"]
    assert len(others) == 4


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"apix": 14.0}, "14.000 A per pixel"),
        ({"depth": 3}, "3 slices"),
        ({"normalisation": "another"}, "another"),
    ],
)
def test_boxes_that_are_not_for_the_model_are_refused(tmp_path, changes, told):
    with pytest.raises(ScsegError, match=told):
        check(written(tmp_path, boxes_of(2), **changes))


def test_boxes_that_the_network_cannot_take_are_refused(tmp_path):
    with pytest.raises(ScsegError, match="20 pixels"):
        check(written(tmp_path, boxes_of(2, box=20)))


def test_a_set_that_vanished_is_told(tmp_path):
    model, boxes = written(tmp_path, boxes_of(2))
    boxes.unlink()
    with pytest.raises(ScsegError, match=r"set\.scnt"):
        check((model, boxes))


def test_a_set_that_is_written_anew_meanwhile_is_not_taken_for_the_old_one(tmp_path):
    files = written(tmp_path, boxes_of(4))

    def changing(_, text):
        if text == "starting the network":
            written(tmp_path, emptied(boxes_of(4), 1))

    with pytest.raises(ScsegError, match="written anew"):
        check(files, changing)


@pytest.mark.parametrize(("name", "told"), [("dies", "code 7"), ("diverged", "no numbers")])
def test_a_network_that_fails_is_told(tmp_path, name, told):
    with pytest.raises(ScsegError, match=told):
        check(written(tmp_path, boxes_of(2), name=name))


def test_a_model_that_is_saved_anew_meanwhile_is_told(tmp_path):
    model, boxes = written(tmp_path, boxes_of(2))
    sha = open_model(model).weights_sha256

    def changing(_, text):
        if text == "starting the network" and open_model(model).weights_sha256 == sha:
            other = write_model(tmp_path, name="Other")
            other.with_suffix(".h5").replace(model.with_suffix(".h5"))
            model.write_bytes(other.read_bytes())

    with pytest.raises(ScsegError, match="other weights"):
        check((model, boxes), changing)


def test_it_can_be_cancelled_while_the_network_works(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_FAKE_GATE", str(tmp_path / "gate"))
    told = []

    def cancelling(_, text):
        told.append(text)
        if len(told) > 3:
            raise CancelledError

    with pytest.raises(CancelledError):
        check(written(tmp_path, boxes_of(2)), cancelling)
    assert "starting the network" in told


def certain(boxes):
    return (boxes.labels == 1).astype(np.float32)


def model_of(boxes, parameters):
    return replace(DESCRIPTION, training_set_sha256=fingerprint(boxes), training=parameters)


def test_boxes_of_another_feature_are_told():
    boxes = boxes_of(4)
    for names, told in (
        (("Actin", "Gold"), "boxes of Actin and Gold, and the model"),
        (("membrane",), ""),
    ):
        why = judges_of(DESCRIPTION, replace(boxes, features=names), is_own=False).why
        assert ("called Membrane" in why) == bool(told)
        assert told in why
