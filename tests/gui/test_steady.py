"""What is under the pointer does not move: a second click at one place hits what the first one has hit."""

from __future__ import annotations

import pytest

from scseg.actions.annotation import changes, features
from scseg.actions.models import model_list
from scseg.actions.tomograms import closing, tomogram_list
from scseg.actions.view import filters, view
from scseg.annotations import steps as make
from scseg.annotations.feature import Feature
from scseg.compute.messages import EpochDone, ModelRef, Validation
from scseg.state.models import TrainingRun
from scseg.state.requests import OpenPaths
from tests.fakes.gradient import write_four

pytestmark = pytest.mark.gui

AWAY = (600, 740)


def middle(user, item):
    box = user.ctx.item_info(item).rect_full
    return (box.min.x + box.max.x) / 2, (box.min.y + box.max.y) / 2


def middle_in(user, sheet, item):
    """As `middle`, of a control on a sheet of the panels."""
    user.ctx.set_ref(user.ctx.window_info(f"//Panels/{sheet}").id_)
    place = middle(user, item)
    user.ctx.set_ref("")
    return place


def click(user, place):
    user.ctx.mouse_move_to_pos(place)
    user.ctx.yield_(6)
    user.ctx.mouse_click(0)
    # Slow enough to be no double click.
    user.ctx.sleep_no_skip(0.5, 0.1)
    user.ctx.yield_(6)


def leave(user):
    user.ctx.mouse_move_to_pos(AWAY)
    user.ctx.yield_(6)


def fold(user, *headers):
    for header in headers:
        user.do(lambda header=header: view.set_header(user.session, header, opened=False))
    user.ctx.yield_(6)


def add_feature(user, opened, name):
    contents = opened.annotation.contents
    one = Feature(name, (0.2, 0.4, 0.9), box_size=16)
    changes.apply_step(user.session, opened, make.add_feature(contents, one))


@pytest.fixture
def four(tmp_path):
    return write_four(tmp_path)


def test_a_dataset_that_is_unticked_takes_sliders_away_but_stays_where_it_is(open_window, four):
    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        first, second = user.session.tomograms
        user.wait_for(lambda: first.annotation is not None and second.annotation is not None)
        for opened, named in ((first, ("A", "B")), (second, ("C",))):
            for name in named:
                user.do(lambda opened=opened, name=name: add_feature(user, opened, name))
        user.press("2")
        for header in ("Datasets", "Filters"):
            user.ctx.item_click(f"//Panels/{header}")
        user.ctx.yield_(3)
        ticks = "//Panels/**/###sample 0"
        place = middle(user, ticks)
        click(user, place)
        assert user.session.set_plan.left_out == {first.ref.path}
        assert not user.ctx.item_exists("//Panels/**/##choice A")
        assert middle(user, ticks) == place
        click(user, place)
        assert user.session.set_plan.left_out == set()
        click(user, place)
        leave(user)
        assert middle(user, ticks)[1] < place[1] - 20

    open_window(steps, four[:2])


def test_the_list_of_tomograms_keeps_its_places_while_the_pointer_is_on_it(open_window, four):
    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 3)
        _, c, d = user.session.tomograms
        user.do(lambda: tomogram_list.activate(user.session, d))
        user.ctx.yield_(3)
        row = "//Panels/**/###c.mrc"
        place = middle(user, row)
        user.ctx.mouse_move_to_pos(place)
        user.ctx.yield_(6)
        gone = user.session.tomograms[0]
        user.do(lambda: closing.close(user.session, gone))
        user.do(lambda: user.session.requests.append(OpenPaths((four[0],))))
        user.wait_for(
            lambda: len(user.session.tomograms) == 3 and gone not in user.session.tomograms
        )
        user.ctx.yield_(6)
        assert middle(user, row) == place
        click(user, place)
        assert user.session.active is c
        leave(user)
        assert middle(user, row)[1] < place[1] - 10

    open_window(steps, four[1:])


def test_a_training_that_tells_of_itself_leaves_the_next_model_where_it_is(open_window, tomogram):
    ref = ModelRef("/models/m.scnm", "0")
    epochs = tuple(EpochDone(n, 0.5, ref, Validation(0.5, 0.5)) for n in range(3))

    def steps(user):
        fold(user, "Datasets", "Filters", "Create a training dataset")
        learning, other = (user.do(lambda: model_list.new(user.session)) for _ in range(2))
        user.ctx.yield_(6)
        sheet = f"stages/Models/model {other.id}"
        place = middle_in(user, sheet, "###name")
        user.ctx.mouse_move_to_pos(place)
        user.ctx.yield_(6)
        run = TrainingRun(1, started=True, parameters=9, text="epoch 1 of 25")
        user.do(lambda: setattr(learning, "run", run))
        user.do(lambda: setattr(learning, "epochs", epochs))
        user.ctx.yield_(6)
        assert middle_in(user, sheet, "###name") == place
        user.do(lambda: setattr(learning, "run", None))
        user.ctx.yield_(6)
        assert middle_in(user, sheet, "###name") == place
        leave(user)
        assert middle_in(user, sheet, "###name")[1] > place[1] + 50

    open_window(steps, [tomogram])


def test_a_notice_that_is_dismissed_leaves_the_others_where_they_are(open_window, tomogram):
    def steps(user):
        for said in ("First.", "Second.", "Third."):
            user.do(lambda said=said: user.session.notify("warning", said))
        user.ctx.yield_(4)
        place = middle(user, "//Notices/**/###dismiss")
        click(user, place)
        assert [each.sentence for each in user.session.notices] == ["First.", "Second."]
        user.do(lambda: user.session.notify("error", "Fourth."))
        click(user, place)
        assert len(user.session.notices) == 3
        leave(user)
        click(user, place)
        assert [each.sentence for each in user.session.notices] == ["First.", "Second."]

    open_window(steps, [tomogram])


def test_another_tomogram_by_key_leaves_what_is_pointed_at_in_its_place(open_window, four):
    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        first, second = user.session.tomograms
        user.wait_for(lambda: first.annotation is not None and second.annotation is not None)
        user.do(lambda: tomogram_list.activate(user.session, first))
        user.do(lambda: filters.add(second, "gaussian"))
        user.wait_until_shown()
        place = middle(user, "//Panels/**/###add-feature")
        user.ctx.mouse_move_to_pos(place)
        user.ctx.yield_(6)
        user.press("Down")
        user.wait_until_shown()
        assert user.session.active is second
        user.ctx.yield_(6)
        assert middle(user, "//Panels/**/###add-feature") == place
        leave(user)
        assert middle(user, "//Panels/**/###add-feature")[1] > place[1] + 30

    open_window(steps, four[:2])


@pytest.mark.parametrize("what", ["filter", "feature"])
def test_a_double_click_removes_one(open_window, tomogram, what):
    def steps(user):
        opened = user.session.active
        user.wait_for(lambda: opened.annotation is not None)
        if what == "filter":
            for _ in range(3):
                user.do(lambda: filters.add(opened, "box"))
        else:
            for _ in range(3):
                user.do(lambda: features.add(user.session))
        user.ctx.yield_(4)
        name = (
            "filter 0"
            if what == "filter"
            else f"stages/Segmentation/feature {opened.features[0].id}"
        )
        user.ctx.mouse_move_to_pos(middle_in(user, name, "###remove"))
        user.ctx.mouse_double_click(0)
        user.ctx.yield_(4)
        assert len(opened.filters if what == "filter" else opened.features) == 2

    open_window(steps, [tomogram])


def test_what_the_pointer_is_on_takes_the_height_that_it_needs(open_window, tomogram):
    def steps(user):
        fold(user, "Datasets", "Filters", "Create a training dataset")
        upper, lower = (user.do(lambda: model_list.new(user.session)) for _ in range(2))
        user.ctx.yield_(4)
        user.ctx.mouse_move_to_pos(middle_in(user, f"stages/Models/model {upper.id}", "###name"))
        user.ctx.yield_(6)
        before = middle_in(user, f"stages/Models/model {lower.id}", "###name")
        user.do(lambda: setattr(upper, "run", TrainingRun(1, started=True)))
        user.ctx.yield_(6)
        assert middle_in(user, f"stages/Models/model {lower.id}", "###name")[1] > before[1]

    open_window(steps, [tomogram])


def test_a_double_click_on_a_folder_opens_nothing_in_it(open_window, tomogram, monkeypatch):
    inside = tomogram.parent / "a" / "inside"
    inside.mkdir(parents=True)
    write_four(inside)
    monkeypatch.chdir(inside.parent)

    def steps(user):
        user.press("Ctrl+O")
        user.wait_for(lambda: user.ctx.item_exists("//###files/**/###inside"))
        user.ctx.mouse_move_to_pos(middle(user, "//###files/**/###inside"))
        user.ctx.mouse_double_click(0)
        user.ctx.yield_(6)
        assert user.ctx.item_exists("//###files/**/###a.mrc")
        assert len(user.session.tomograms) == 1

    open_window(steps, [tomogram])


def test_the_panels_cannot_be_pushed_sideways(open_window, four):
    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        panels = user.ctx.window_info("//Panels").window
        # Nothing sticks out.
        user.ctx.yield_(4)
        assert panels.scroll_max.x == 0

    open_window(steps, four[:2])
