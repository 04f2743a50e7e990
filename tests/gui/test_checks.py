"""Checks of models with real mouse and keys: what is found, and where a click leads."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from scseg.actions.models import checking, checks, model_list
from scseg.actions.view import view
from scseg.base.labels import IGNORE
from scseg.compute.checking import check_model
from scseg.gui.panels.models import reliability
from scseg.gui.panels.models.check_results import Lists
from scseg.runtime.display.boxes import DOUBTFUL
from tests.fakes.annotated import BOXES, MEMBRANE
from tests.fakes.checked import boxes_of, written
from tests.fakes.models import write_model
from tests.gui.drawing import is_enabled, save_as
from tests.gui.test_annotation_boxes import click
from tests.gui.training import annotate

pytestmark = pytest.mark.gui

CHECK, BEST = "//Panels/**/###check", "//Panels/**/###best"
MARK = "//Panels/**/###best threshold"


@pytest.fixture(autouse=True)
def _fake_network(monkeypatch):
    fake = partial(check_model, module="tests.fakes.worker")
    monkeypatch.setattr(checking, "check_model", fake)


@pytest.fixture
def model_path(tmp_path):
    return write_model(tmp_path, box_size=16)


def begin(user, model_path):
    """Annotate, load the model, and bring its tab into view."""
    annotate(user)
    user.ctx.item_click("//Panels/**/Create a training dataset")
    user.do(lambda: user.window.program.open((model_path,)))
    user.wait_for(lambda: user.session.models)
    user.ctx.yield_(8)
    (model,) = user.session.models
    return model


def row_place(user, row):
    return user.ctx.item_info(f"//Panels/**/###row {row}").rect_full.min


def click_row(user, row):
    """Click at the beginning of a row: the table may be wider than the panel."""
    place = row_place(user, row)
    user.ctx.mouse_move_to_pos((place.x + 10, place.y + 6))
    user.ctx.mouse_click(0)
    user.ctx.yield_(2)


def check_here(user, model):
    user.ctx.item_click(CHECK)
    user.ctx.item_click(f"//$FOCUSED/###feature {MEMBRANE.id}")
    user.wait_for(lambda: checks.current(model) is not None and not user.session.jobs)
    user.ctx.yield_(4)
    return model.checked


def test_boxes_are_checked_and_a_click_leads_to_one(open_window, tomogram, model_path, screen):
    def steps(user):
        model = begin(user, model_path)
        found = check_here(user, model)
        assert user.session.notices == []
        first, *_ = checks.rows(user.session, found)
        click_row(user, 0)
        user.wait_until_shown()
        opened = user.session.active
        z, y, x = found.found.boxes.positions[first].tolist()
        assert opened.z == z
        assert (opened.view.y, opened.view.x, opened.view.fit) == (y, x, False)
        assert screen(user)((x - 8.5, y), DOUBTFUL) > 5

    open_window(steps, [tomogram])


def test_the_best_threshold_is_set_by_a_click_on_either_button(open_window, tomogram, model_path):
    def steps(user):
        model = begin(user, model_path)
        assert not user.ctx.item_exists(MARK)
        best = check_here(user, model).found.best
        assert best is not None
        assert model.display.threshold != best
        user.ctx.item_click(BEST)
        user.ctx.yield_(2)
        assert model.display.threshold == best
        user.ctx.item_input_value("//Panels/**/##threshold", 0.9)
        user.ctx.yield_(2)
        assert model.display.threshold == pytest.approx(0.9)
        user.ctx.item_click(MARK)
        user.ctx.yield_(2)
        assert model.display.threshold == best

    open_window(steps, [tomogram])


def test_the_mark_is_where_the_knob_comes_to_be(open_window, tomogram, model_path):
    """A click on the mark sets the threshold to it, as near as the mouse can."""

    def steps(user):
        model = begin(user, model_path)
        best = check_here(user, model).found.best
        user.do(lambda: view.set_header(user.session, "How good is it?", opened=False))
        user.ctx.yield_(4)
        box = user.ctx.item_info("//Panels/**/##threshold").rect_full
        margin = 2.0 + user.do(lambda: user.imgui.get_style().grab_min_size) / 2
        x = box.min.x + margin + best * (box.max.x - box.min.x - 2 * margin)
        user.ctx.mouse_move_to_pos((x, (box.min.y + box.max.y) / 2))
        user.ctx.mouse_click(0)
        user.ctx.yield_(2)
        assert model.display.threshold == pytest.approx(best, abs=0.011)

    open_window(steps, [tomogram])


def test_rows_are_sorted_and_go_with_their_boxes(open_window, tomogram, model_path):
    def steps(user):
        model = begin(user, model_path)
        check_here(user, model)
        assert user.ctx.item_exists("//Panels/**/###row 2")
        user.ctx.item_click("//Panels/**/Dice")
        user.ctx.yield_(3)
        numbers = checks.rows(user.session, model.checked)
        dice = [model.checked.found.dice[number] for number in numbers]
        heights = [row_place(user, row).y for row in range(3)]
        assert np.argsort(heights).tolist() == np.argsort(-np.array(dice)).tolist()
        user.press("1")
        click(user, BOXES[0][0][:0:-1], 1)
        user.press("2")
        user.ctx.yield_(3)
        assert len(checks.rows(user.session, model.checked)) == 2
        # That there is no third row is not asked: the test engine would look for it without end.
        assert user.ctx.item_exists("//Panels/**/###row 1")
        user.press("Ctrl+Z")
        user.ctx.yield_(3)
        assert user.ctx.item_exists("//Panels/**/###row 2")

    open_window(steps, [tomogram])


def test_a_training_set_is_chosen_and_the_table_saved(open_window, tomogram, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model_path, set_path = written(tmp_path, boxes_of(6))
    target = tmp_path / "table.csv"

    def steps(user):
        model = begin(user, model_path)
        user.ctx.item_click(CHECK)
        user.ctx.item_click("//$FOCUSED/###set")
        user.wait_for(lambda: user.ctx.item_exists(f"//###files/**/###{set_path.name}"))
        user.ctx.item_click(f"//###files/**/###{set_path.name}")
        user.ctx.item_click("//###files/###open")
        user.wait_for(lambda: model.checked is not None)
        user.ctx.yield_(4)
        assert model.checked.of == "set.scnt"
        user.ctx.item_click("//Panels/**/###save-boxes")
        save_as(user, str(target))
        user.wait_for(target.exists)

    open_window(steps, [tomogram])
    with target.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 6


def test_where_all_is_ignored_no_curve_is_drawn(open_window, tomogram, tmp_path):
    boxes = boxes_of(2)
    boxes = replace(boxes, labels=np.full_like(boxes.labels, IGNORE))
    model_path, set_path = written(tmp_path, boxes)
    curves = []

    def steps(user):
        user.monkeypatch.setattr(reliability, "draw", lambda *_: curves.append(1))
        model = begin(user, model_path)
        user.do(lambda: checking.check_set(user.session, model, set_path))
        user.wait_for(lambda: model.checked is not None)
        user.ctx.yield_(4)
        assert user.ctx.item_exists("//Panels/**/###row 0")
        assert curves == []

    open_window(steps, [tomogram])


def test_the_table_of_a_model_that_is_gone_goes_with_it(open_window, tomogram, model_path):
    def steps(user):
        model = begin(user, model_path)
        check_here(user, model)
        tables = user.window.frame.ui.state_of(Lists)
        assert list(tables.of) == [model.id]
        user.do(lambda: model_list.remove(user.session, model))
        user.ctx.yield_(3)
        assert tables.of == {}
        user.press("Ctrl+Z")
        user.ctx.yield_(3)
        assert user.ctx.item_exists("//Panels/**/###row 2")

    open_window(steps, [tomogram])


def test_a_check_is_cancelled_beside_its_bar(
    open_window, tomogram, model_path, monkeypatch, tmp_path
):
    monkeypatch.setenv("SCSEG_FAKE_GATE", str(tmp_path / "gate"))

    def steps(user):
        model = begin(user, model_path)
        user.ctx.item_click(CHECK)
        user.ctx.item_click(f"//$FOCUSED/###feature {MEMBRANE.id}")
        user.wait_for(lambda: user.session.jobs)
        user.ctx.yield_(3)
        assert not is_enabled(user, CHECK)
        user.session.jobs[0].cancelled = True
        user.wait_for(lambda: not user.session.jobs)
        user.ctx.yield_(3)
        assert is_enabled(user, CHECK)
        assert model.checked is None
        assert user.session.notices == []

    open_window(steps, [tomogram])
