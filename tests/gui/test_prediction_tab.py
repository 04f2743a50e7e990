"""Every control of the tab Prediction with real mouse and keys."""

from __future__ import annotations

import struct
from dataclasses import replace

import mrcfile
import numpy as np
import pytest

from scseg.actions.annotation import cropping
from scseg.actions.models import model_list
from scseg.annotations.crop import Crop
from scseg.compute.messages import SliceDone
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.models.precision import of_processor
from scseg.state.active_models import is_active
from tests.fakes.client import FakeClient
from tests.fakes.gradient import SHAPE
from tests.gui.drawing import is_enabled, save_as
from tests.gui.test_interactions import PatternClient, control, left_columns, load, load_both

pytestmark = pytest.mark.gui

RED = (1.0, 0.0, 0.0)
MIDDLE = SHAPE[0] // 2


def load_one(user):
    model = load(user, "Membrane", RED)
    for header in ("Datasets", "Filters", "**/Create a training dataset"):
        user.ctx.item_click(f"//Panels/{header}")
    user.wait_for(lambda: user.window.program.on_screen.masks)
    user.ctx.yield_(3)
    return model


def drag(user, name, *parts):
    """Drag a slider to parts of its width, and say what was asked for before the mouse let go."""
    box = user.ctx.item_info(control(name)).rect_full
    middle = (box.min.y + box.max.y) / 2
    user.ctx.mouse_move_to_pos((box.min.x + 4, middle))
    user.ctx.mouse_down(0)
    for part in parts:
        user.ctx.mouse_move_to_pos((box.min.x + part * (box.max.x - box.min.x), middle))
        user.ctx.yield_(2)
    before = len(user.clients[0].wanted)
    user.ctx.mouse_up(0)
    user.ctx.yield_(3)
    return before


def choose(user, name, entry):
    """Choose from one of the two lists above the averaging: wildcards do not find them."""
    box = user.ctx.item_info(control("##averaging")).rect_full
    row = user.do(user.imgui.get_frame_height_with_spacing)
    x = box.min.x + {"look": 0.25, "mode": 0.75}[name] * (box.max.x - box.min.x)
    user.ctx.mouse_move_to_pos((x, (box.min.y + box.max.y) / 2 - row))
    user.ctx.mouse_click(0)
    user.ctx.yield_(2)
    user.ctx.item_click(f"//$FOCUSED/{entry}")
    user.ctx.yield_(3)


@pytest.mark.parametrize(
    ("name", "field"), [("##overlap", "overlap"), ("##averaging", "averaging")]
)
def test_what_costs_a_prediction_is_asked_for_once_when_the_mouse_lets_go(
    open_window, tomogram, name, field
):
    def steps(user):
        model = load_one(user)
        (client,) = user.clients
        first, asked = getattr(model.display, field), len(client.wanted)
        before = drag(user, name, 0.3, 0.6, 0.95)
        assert before == asked
        assert getattr(model.display, field) > first
        assert len(client.wanted) == asked + 1
        assert {getattr(each, field) for each in client.wanted[-1]} == {
            getattr(model.display, field)
        }
        user.wait_for(
            lambda: getattr(user.window.program.on_screen.masks[0].request, field) != first
        )

    open_window(steps, [tomogram])


def test_the_mean_of_all_orientations_can_be_typed(open_window, tomogram):
    def steps(user):
        model = load_one(user)
        user.ctx.item_input_value(control("##averaging"), 8.0)
        user.ctx.yield_(3)
        assert model.display.averaging == 8
        assert user.clients[0].wanted[-1][0].averaging == 8

    open_window(steps, [tomogram])


def test_a_look_acts_without_the_network_and_a_mode_asks_it(open_window, tomogram):
    def steps(user):
        model = load_one(user)
        (client,) = user.clients
        asked = len(client.wanted)
        for look in ("contour", "values", "filled"):
            choose(user, "look", look)
            assert model.display.look == look
        assert len(client.wanted) == asked
        choose(user, "mode", "###whole")
        assert model.display.mode == "whole"
        assert {each.mode for each in client.wanted[-1]} == {"whole"}
        choose(user, "mode", "###tiles")
        assert model.display.mode == "tiles"

    open_window(steps, [tomogram])


def test_switches(open_window, tomogram):
    def steps(user):
        model = load_one(user)
        for name in ("blend", "show"):
            before = getattr(model.display, name)
            user.ctx.item_click(control(name))
            user.ctx.yield_(2)
            assert getattr(model.display, name) is not before
        user.ctx.item_click(control("active"))
        user.ctx.yield_(2)
        assert not is_active(model, user.session.active)
        assert user.window.program.on_screen.masks == ()

    open_window(steps, [tomogram])


def header_of(path):
    """Read what ChimeraX goes by from the raw bytes of a header."""
    raw = path.read_bytes()
    size, mode, nstart = (
        struct.unpack_from("<3i", raw, 0),
        struct.unpack_from("<i", raw, 12)[0],
        struct.unpack_from("<3i", raw, 16),
    )
    grid, cell = struct.unpack_from("<3i", raw, 28), struct.unpack_from("<3f", raw, 40)
    origin = struct.unpack_from("<3f", raw, 196)
    step = [length / n for length, n in zip(cell, grid, strict=True)]
    # ChimeraX: the origin if it is not all zero, else nstart times the voxel.
    place = origin if any(origin) else [n * s for n, s in zip(nstart, step, strict=True)]
    dtype = {0: "<i1", 2: "<f4"}[mode]
    values = np.frombuffer(raw, dtype, offset=1024).reshape(size[::-1])
    label = raw[224:304].decode().rstrip("\0 ")
    return values, step, list(place), label


def save(user, entry, name=None):
    user.ctx.item_click(control("###save slice"))
    user.ctx.yield_(2)
    user.ctx.item_click(f"//$FOCUSED/{entry}")
    save_as(user, *([name] if name else []))


def test_the_values_that_rules_and_crop_leave_are_saved_where_the_slice_lies(open_window, tomogram):
    def steps(user):
        membrane, carbon = load_both(user)
        user.do(
            lambda: setattr(
                membrane,
                "interaction",
                InteractionSettings(rules=(Rule("avoid", carbon.id, 10.0),)),
            )
        )
        opened = user.session.active
        user.wait_for(lambda: opened.annotation is not None)
        crop = Crop(0, SHAPE[0], 10, 30, 5, 36, enabled=True)
        user.do(lambda: cropping.edit(user.session, opened, crop))
        user.ctx.yield_(3)
        assert left_columns(user, membrane) == set(range(5, 30))
        save(user, "###values")
        path = tomogram.with_name(f"gradient__Membrane_slice_{MIDDLE}.mrc")
        user.wait_for(path.is_file)
        expected = np.zeros(SHAPE[1:], np.float32)
        expected[10:30, 5:30] = 0.6
        values, step, place, label = header_of(path)
        np.testing.assert_array_equal(values[0], expected)
        assert step == [10.0, 10.0, 10.0]
        assert place == [0.0, 0.0, MIDDLE * 10.0]
        assert f"overlap 0.20 crop 5,35,10,29 rules 1 {of_processor()}: Membrane" in label

    open_window(steps, [tomogram], client=PatternClient)


@pytest.mark.parametrize("origin", [(0.0, 0.0, 0.0), (70.0, -30.0, 200.0)])
def test_a_slice_lies_where_its_tomogram_has_it(open_window, tomogram, origin):
    """ChimeraX goes by the origin, and only where that is zero by nstart."""
    with mrcfile.open(tomogram, "r+") as file:
        file.header.origin = origin
        file.nstart = (4, 5, 6)
    expected = (
        [*origin[:2], origin[2] + MIDDLE * 10] if any(origin) else [40, 50, (6 + MIDDLE) * 10]
    )

    def steps(user):
        load_one(user)
        save(user, "###values")
        path = tomogram.with_name(f"gradient__Membrane_slice_{MIDDLE}.mrc")
        user.wait_for(path.is_file)
        assert header_of(path)[2] == expected

    open_window(steps, [tomogram])


def test_a_mask_is_saved_at_the_threshold_under_a_name_of_the_users_own(open_window, tomogram):
    def steps(user):
        model = load_one(user)
        user.do(lambda: model_list.set_display(model, replace(model.display, threshold=0.8)))
        save(user, "###mask", "mine")
        path = tomogram.with_name("mine.mrc")
        user.wait_for(path.is_file)
        values, _, _, label = header_of(path)
        expected = np.zeros(SHAPE[1:], np.int8)
        expected[MIDDLE] = 1
        np.testing.assert_array_equal(values[0], expected)
        assert values.dtype == np.int8
        assert "threshold 0.80" in label

    open_window(steps, [tomogram])


def test_the_tomogram_is_not_written_over(open_window, tomogram):
    def steps(user):
        load_one(user)
        before = tomogram.read_bytes()
        save(user, "###mask", "gradient")
        save_as(user)
        user.wait_for(lambda: user.session.notices)
        assert "is an open tomogram" in user.session.notices[0].sentence
        assert tomogram.read_bytes() == before

    open_window(steps, [tomogram])


class SlowClient(FakeClient):
    """Sends the first bands of a slice, and keeps the rest until it is told."""

    def answer(self, request):
        super().answer(request)
        if not getattr(self, "finishes", False):
            self.replies = [each for each in self.replies if not isinstance(each, SliceDone)][:1]


def test_saving_waits_for_the_whole_slice(open_window, tomogram):
    def steps(user):
        load_one(user)
        (client,) = user.clients

        assert not is_enabled(user, control("###save slice"))
        client.finishes = True
        user.do(lambda: client.answer(client.wanted[-1][0]))
        user.wait_for(lambda: is_enabled(user, control("###save slice")))

    open_window(steps, [tomogram], client=SlowClient)
