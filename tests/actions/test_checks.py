"""Checks of models without a window: what they are held against, how they end, and where boxes are."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from scseg.actions import undo
from scseg.actions.annotation import changes
from scseg.actions.models import checking, checks, model_list
from scseg.actions.tomograms import closing
from scseg.annotations import steps
from scseg.compute.checking import check_model
from scseg.models.files import open_model
from tests.fakes.annotated import BOXES, MEMBRANE, annotate_active
from tests.fakes.checked import boxes_of, emptied, written
from tests.fakes.gradient import gradient, write_volume
from tests.fakes.headless import running, step_until
from tests.fakes.models import write_model


@pytest.fixture(autouse=True)
def _fake_network(monkeypatch):
    fake = partial(check_model, module="tests.fakes.worker")
    monkeypatch.setattr(checking, "check_model", fake)


@pytest.fixture
def tomogram(tmp_path):
    return write_volume(tmp_path / "gradient.mrc", gradient())


@pytest.fixture
def model_path(tmp_path):
    return write_model(tmp_path, box_size=16)


def annotated(program):
    session = program.session
    step_until(program, lambda: session.active and session.active.annotation is not None)
    annotate_active(session)
    step_until(program, lambda: session.models)
    return session.models[0]


def membrane(session):
    return next(each for each in session.active.features if each.id == MEMBRANE.id)


def check_here(program, model):
    session = program.session
    checking.check_feature(session, model, session.active, membrane(session))
    assert checking.obstacle(model)
    step_until(program, lambda: not model.checking)
    return model.checked


def test_a_model_is_held_against_what_is_annotated(tomogram, model_path, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        found = check_here(program, model)
        assert found is checks.current(model)
        assert found.of == "Membrane in gradient.mrc"
        boxes = {tuple(place) for place in found.found.boxes.positions.tolist()}
        assert boxes == set(BOXES[0])
        assert found.found.boxes.positive.sum() == 2
        # Its boxes were cut out into a folder that is gone.
        assert not list(tmp_path.rglob("*.scnt"))
        assert not list(tmp_path.glob("scseg-check-*"))
        best = checks.best_threshold(model)
        checks.use_best(model)
        assert model.display.threshold == best
        assert session.notices == []


def test_negatives_of_the_next_set_are_background(tomogram, model_path):
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        session.set_plan = replace(session.set_plan, choices={"Background": -1, "Membrane": 0})
        found = check_here(program, model)
        assert len(found.found.dice) == 6
        assert found.found.boxes.negative_features == ("Background",)


def test_a_row_goes_with_its_box_and_comes_back_with_undo(tomogram, model_path):
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        found = check_here(program, model)
        assert not checks.is_stale(session, found)
        before = checks.rows(session, found)
        contents = session.active.annotation.contents
        gone = BOXES[0][1]
        step = steps.change_boxes(contents, MEMBRANE.id, remove=[gone])
        changes.apply_step(session, session.active, step)
        left = checks.rows(session, found)
        positions = found.found.boxes.positions
        assert [n for n in before if n not in left] == [
            n for n in before if tuple(positions[n]) == gone
        ]
        assert checks.is_stale(session, found)
        undo.undo(session)
        assert checks.rows(session, found) == before


def test_an_annotation_that_was_opened_anew_is_another_one(tomogram, model_path):
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        found = check_here(program, model)
        revision = session.active.annotation.revision
        closing.close(session, session.active)
        step_until(program, lambda: not session.tomograms)
        program.open((tomogram,))
        step_until(program, lambda: session.active and session.active.annotation is not None)
        session.active.annotation.revision = revision
        assert checks.is_stale(session, found)


def test_a_box_is_shown_on_its_slice(tomogram, model_path):
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        found = check_here(program, model)
        number = checks.rows(session, found)[0]
        checks.show(session, model, number)
        z, y, x = found.found.boxes.positions[number].tolist()
        opened = session.active
        assert opened.z == z
        assert (opened.view.y, opened.view.x, opened.view.fit) == (y, x, False)
        assert model.checked.shown == number
        assert checks.side(found, number) == 16


def test_boxes_of_a_set_are_found_in_the_tomogram_of_their_name(tmp_path, tomogram):
    boxes = replace(boxes_of(4, box=16), positions=np.array([(z, 20, 20) for z in range(4)]))
    boxes = replace(boxes, sources=(replace(boxes.sources[0], tomogram="gradient.mrc"),))
    model_path, set_path = written(tmp_path, boxes, box_size=16)
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        checking.check_set(session, model, set_path)
        step_until(program, lambda: not model.checking)
        assert model.checked.of == "set.scnt"
        checks.show(session, model, 3)
        assert session.active.z == 3
        # Rows of a set stay whatever is annotated.
        assert sorted(checks.rows(session, model.checked)) == [0, 1, 2, 3]


def test_a_box_of_a_tomogram_that_is_not_open_is_told(tmp_path, tomogram):
    model_path, set_path = written(tmp_path, boxes_of(4))
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        checking.check_set(session, model, set_path)
        step_until(program, lambda: not model.checking)
        z = session.active.z
        checks.show(session, model, 2)
        assert "t.mrc, which is not open" in session.notices[-1].sentence
        assert session.active.z == z


def test_a_set_that_vanished_is_told(tmp_path, tomogram):
    model_path, set_path = written(tmp_path, boxes_of(4))
    set_path.unlink()
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        checking.check_set(session, model, set_path)
        step_until(program, lambda: not model.checking)
        assert model.checked is None
        assert "set.scnt" in session.notices[-1].sentence
        assert not checking.obstacle(model)


def held(program, model, monkeypatch, tmp_path):
    """Begin a check whose network waits; return the file that lets it go on."""
    gate = tmp_path / "gate"
    monkeypatch.setenv("SCSEG_FAKE_GATE", str(gate))
    session = program.session
    checking.check_feature(session, model, session.active, membrane(session))
    step_until(program, lambda: session.jobs)
    return gate


def test_a_check_can_be_cancelled(tomogram, model_path, monkeypatch, tmp_path):
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        held(program, model, monkeypatch, tmp_path)
        session.jobs[0].cancelled = True
        step_until(program, lambda: not session.jobs)
        assert model.checked is None
        assert not checking.obstacle(model)
        assert session.notices == []


def test_a_tomogram_that_is_closed_meanwhile_loses_nothing(
    tomogram, model_path, monkeypatch, tmp_path
):
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        gate = held(program, model, monkeypatch, tmp_path)
        closing.close(session, session.active)
        step_until(program, lambda: not session.tomograms)
        gate.touch()
        step_until(program, lambda: not model.checking)
        found = checks.current(model)
        assert len(checks.rows(session, found)) == 3
        assert not checks.is_stale(session, found)
        checks.show(session, model, 0)
        assert "not open" in session.notices[-1].sentence


def test_a_model_that_is_removed_meanwhile_comes_back_with_what_was_found(
    tomogram, model_path, monkeypatch, tmp_path
):
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        gate = held(program, model, monkeypatch, tmp_path)
        model_list.remove(session, model)
        gate.touch()
        step_until(program, lambda: not model.checking)
        assert session.models == []
        undo.undo(session)
        assert session.models == [model]
        assert checks.current(model) is not None


def test_the_program_ends_in_the_middle(tomogram, model_path, monkeypatch, tmp_path):
    with running([tomogram, model_path]) as program:
        model = annotated(program)
        held(program, model, monkeypatch, tmp_path)


def test_what_was_found_is_of_the_weights_that_were_checked(
    tomogram, model_path, monkeypatch, tmp_path
):
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        gate = held(program, model, monkeypatch, tmp_path)
        other = write_model(tmp_path, name="Other", box_size=16)
        sha = open_model(other).weights_sha256
        ref = replace(model.weights.ref, weights_sha256=sha)
        model.weights = replace(model.weights, ref=ref)
        gate.touch()
        step_until(program, lambda: not model.checking)
        assert checks.current(model) is None
        assert checks.best_threshold(model) is None
        assert "learnt on meanwhile" in session.notices[-1].sentence


def test_the_table_is_written(tomogram, model_path, tmp_path):
    target = tmp_path / "boxes.csv"
    with running([tomogram, model_path], target) as program:
        model = annotated(program)
        check_here(program, model)
        checks.save_table(program.session, model)
        step_until(program, target.exists)
    with target.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 3


def test_no_table_is_proposed_for_the_folder_of_the_program(tomogram, model_path):
    with running([tomogram, model_path]) as program:
        model = annotated(program)
        check_here(program, model)
        model.weights = replace(model.weights, kept=False)
        model_list.set_display(model, replace(model.display, name="M" * 300))
        checks.save_table(program.session, model)
        proposed = next(program.session.requests.pop()).proposed
        assert proposed.parent != model_path.parent
        assert len(proposed.name) < 255
        assert proposed.name.endswith("_boxes.csv")


def test_what_cannot_be_checked_tells_why(tomogram, model_path):
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        untrained = model_list.new(session)
        assert "learnt nothing" in checking.obstacle(untrained)
        assert checking.obstacle(model) == ""
        opened, feature = session.active, membrane(session)
        assert checking.feature_obstacle(opened, feature) == ""
        # Those of the background stay.
        step = steps.change_boxes(opened.annotation.contents, MEMBRANE.id, remove=BOXES[0])
        changes.apply_step(session, opened, step)
        assert "no boxes" in checking.feature_obstacle(opened, feature)


def test_a_negative_of_the_next_set_that_is_checked_is_the_feature(tomogram, model_path):
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        session.set_plan = replace(session.set_plan, choices={"Membrane": -1})
        found = check_here(program, model).found
        assert found.boxes.positive.sum() == 2
        assert found.boxes.negative_features == ()


def test_labels_that_are_spoilt_come_first(tmp_path, tomogram):
    model_path, set_path = written(tmp_path, emptied(boxes_of(12), 5))
    with running([tomogram, model_path]) as program:
        model, session = annotated(program), program.session
        checking.check_set(session, model, set_path)
        step_until(program, lambda: not model.checking)
        assert checks.rows(session, model.checked)[0] == 5
