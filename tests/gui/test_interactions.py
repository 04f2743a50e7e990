"""Interactions between models with real mouse and keys: what the rules are, and what is left on the slice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from imgui_bundle import imgui

from scseg.actions.annotation import cropping
from scseg.actions.models import interactions, model_list
from scseg.annotations.crop import Crop
from scseg.base.rect import Rect
from scseg.compute.messages import Band, SliceDone
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.preview import needed_slices
from scseg.runtime.models import rules
from tests.fakes.client import FakeClient
from tests.fakes.gradient import SHAPE
from tests.fakes.models import DESCRIPTION

pytestmark = pytest.mark.gui

RED, YELLOW = (255, 0, 0), (255, 255, 0)
ROW = 20


def pattern(name):
    """Return the prediction of a model: membrane is weak everywhere, carbon sure of columns 40 and up."""
    values = np.full(SHAPE[1:], 0.6, np.float32)
    if name == "Carbon":
        values[:] = 0.0
        values[:, 40:] = 0.9
    return values


class PatternClient(FakeClient):
    def answer(self, request):
        region = request.region or Rect.whole(SHAPE[1:])
        values = pattern(Path(request.model.path).stem)[region.slices]
        self.replies.append(Band(request, region.y0, values))
        self.replies.append(SliceDone(request, 0.1, ()))
        self.wake()


def load(user, name, colour):
    description = replace(DESCRIPTION, name=name, colour=colour, weights_sha256="0")
    path = Path(f"/models/{name}.scnm")
    model = user.do(lambda: model_list.add(user.session, path, description))
    # Its panel comes into view.
    user.ctx.yield_(6)
    return model


def load_both(user):
    """Load both models and put their panels where they are seen."""
    membrane = load(user, "Membrane", (1.0, 0.0, 0.0))
    carbon = load(user, "Carbon", (1.0, 1.0, 0.0))
    for header in ("Datasets", "Filters", "**/Create a training dataset"):
        user.ctx.item_click(f"//Panels/{header}")
    user.ctx.yield_(3)
    return membrane, carbon


def control(name):
    """Return where a control is of the first model, whose tab Interactions is the only one that is open."""
    return f"//Panels/**/{name}"


def open_tab(user):
    user.ctx.item_click(control("Interactions"))
    user.ctx.yield_(2)


def mask_of(user, model):
    return next(mask for mask in user.window.program.on_screen.masks if mask.model is model)


def give(user, model, rule):
    """Let a model keep to a rule, without the panel."""
    user.do(lambda: setattr(model, "interaction", InteractionSettings(rules=(rule,))))


def left_columns(user, model):
    """Wait until the rules are applied and return the columns of a row where the model is left."""
    user.wait_for(lambda: not mask_of(user, model).pending)
    user.ctx.yield_(3)
    mask = mask_of(user, model)
    found = mask.prediction.values[ROW] >= model.display.threshold
    if mask.removed is not None:
        found = found & ~mask.removed.pixels[ROW]
    return set(np.flatnonzero(found).tolist())


def columns(start, stop):
    return set(range(start, stop))


def choose(user, rows, entry):
    """Choose from the list so many rows above the radius: wildcards do not find lists."""
    box = user.ctx.item_info(control("###radius")).rect_full
    row = user.do(imgui.get_frame_height_with_spacing)
    x, y = (box.min.x + box.max.x) / 2, (box.min.y + box.max.y) / 2
    user.ctx.mouse_move_to_pos((x, y - rows * row))
    user.ctx.mouse_click(0)
    user.ctx.yield_(2)
    user.ctx.item_click(f"//$FOCUSED/{entry}")
    user.ctx.yield_(2)


def test_a_rule_from_plus_to_cross(open_window, tomogram):
    """The manual's example: membrane avoids carbon within some nm, at a threshold of the carbon."""

    def steps(user):
        membrane, carbon = load_both(user)
        open_tab(user)
        user.ctx.item_click(control("###add rule"))
        user.ctx.yield_(2)
        assert membrane.interaction.rules == (Rule("avoid", carbon.id, 30.0, 0.5),)
        assert left_columns(user, membrane) == columns(0, 10)
        user.ctx.item_input_value(control("###radius"), 10.0)
        assert left_columns(user, membrane) == columns(0, 30)
        user.ctx.item_input_value(control("###threshold"), 0.95)
        assert left_columns(user, membrane) == columns(0, 60)
        user.ctx.item_input_value(control("###threshold"), 0.9)
        user.ctx.yield_(2)
        assert membrane.interaction.rules[0].threshold == 0.9  # not the nearest of 32 bits
        assert left_columns(user, membrane) == columns(0, 30)
        choose(user, 2, "Colocalise")
        assert left_columns(user, membrane) == columns(30, 60)
        choose(user, 1, f"###{membrane.id}")
        assert membrane.interaction.rules[0].partner == membrane.id
        user.ctx.item_click(control("###remove rule"))
        user.ctx.yield_(2)
        assert membrane.interaction == InteractionSettings()
        assert left_columns(user, membrane) == columns(0, 60)

    open_window(steps, [tomogram], client=PatternClient)


def test_competition_by_its_checkboxes(open_window, tomogram):
    def steps(user):
        membrane, carbon = load_both(user)
        open_tab(user)
        user.ctx.item_click(control("emit"))
        assert membrane.interaction == InteractionSettings(emit=True)
        user.do(
            lambda: interactions.change(
                user.session, carbon, InteractionSettings(emit=True, absorb=True)
            )
        )
        assert left_columns(user, membrane) == columns(0, 60)
        user.ctx.item_click(control("absorb"))
        assert left_columns(user, membrane) == columns(0, 40)
        user.press("Ctrl+Z")
        assert left_columns(user, membrane) == columns(0, 60)
        user.press("Ctrl+Shift+Z")
        assert left_columns(user, membrane) == columns(0, 40)
        assert left_columns(user, carbon) == columns(40, 60)

    open_window(steps, [tomogram], client=PatternClient)


def test_a_radius_acts_while_it_is_dragged_and_the_drag_is_one_step(open_window, tomogram):
    def steps(user):
        membrane, carbon = load_both(user)
        open_tab(user)
        rule = Rule("avoid", carbon.id, 0.0)
        give(user, membrane, rule)
        assert left_columns(user, membrane) == columns(0, 40)
        box = user.ctx.item_info(control("###radius")).rect_full
        middle = (box.min.y + box.max.y) / 2
        user.ctx.mouse_move_to_pos((box.min.x + 8, middle))
        user.ctx.mouse_down(0)
        seen = []
        for part in (0.05, 0.1, 0.15):
            user.ctx.mouse_move_to_pos((box.min.x + 8 + part * (box.max.x - box.min.x), middle))
            seen.append(len(left_columns(user, membrane)))
        user.ctx.mouse_up(0)
        user.ctx.yield_(2)
        assert sorted(seen, reverse=True) == seen
        assert len(set(seen)) == 3
        user.press("Ctrl+Z")
        user.ctx.yield_(2)
        assert membrane.interaction.rules == (rule,)

    open_window(steps, [tomogram], client=PatternClient)


def test_what_a_rule_removed_is_hatched(open_window, tomogram, screen):
    def steps(user):
        membrane, carbon = load_both(user)
        model_list.set_display(carbon, replace(carbon.display, show=False))
        rule = Rule("avoid", carbon.id, 10.0)
        give(user, membrane, rule)
        left_columns(user, membrane)
        shown = screen(user)
        assert shown((15, ROW), (1.0, 0.0, 0.0)) == 49
        hatched = [shown((x, y), (1.0, 0.0, 0.0)) for x in (45, 50, 55) for y in (10, 20, 30)]
        assert 0 < sum(hatched) < 0.6 * 49 * len(hatched)
        user.ctx.menu_click("//##MainMenuBar/View/###show-removed")
        user.ctx.yield_(3)
        shown = screen(user)
        assert [shown((x, y), (1.0, 0.0, 0.0)) for x in (45, 50, 55) for y in (10, 20, 30)] == [
            0
        ] * 9
        assert shown((15, ROW), (1.0, 0.0, 0.0)) == 49

    open_window(steps, [tomogram], client=PatternClient)


def test_an_overlay_is_dim_until_its_partner_is_known(open_window, tomogram):
    def steps(user):
        membrane, carbon = load_both(user)
        rule = Rule("avoid", carbon.id, 10.0)
        give(user, membrane, rule)
        assert left_columns(user, membrane) == columns(0, 30)
        (client,) = user.clients
        client.at_once = False
        user.press("End")
        user.wait_until_shown()
        asked = {Path(each.model.path).stem: each for each in client.wanted[-1] if each.z == 11}
        user.do(lambda: client.answer(asked["Membrane"]))
        user.wait_for(lambda: user.window.program.on_screen.masks)
        user.ctx.yield_(3)
        assert mask_of(user, membrane).pending
        assert user.colour_at((10, ROW)) != RED
        user.do(lambda: client.answer(asked["Carbon"]))
        assert left_columns(user, membrane) == columns(0, 30)
        assert user.colour_at((10, ROW)) == RED

    open_window(steps, [tomogram], client=PatternClient)


def test_partners_just_outside_of_the_crop_count(open_window, tomogram):
    def steps(user):
        membrane, carbon = load_both(user)
        rule = Rule("avoid", carbon.id, 10.0)
        give(user, membrane, rule)
        opened = user.session.active
        user.wait_for(lambda: opened.annotation is not None)
        crop = Crop(0, SHAPE[0], 10, 30, 5, 36, enabled=True)
        user.do(lambda: cropping.edit(user.session, opened, crop))
        user.ctx.yield_(3)
        asked = needed_slices.requests_of_slice(user.session, opened, opened.z)
        regions = {Path(each.model.path).stem: each.region for each in asked.values()}
        assert regions == {"Membrane": Rect(10, 5, 30, 36), "Carbon": Rect(0, 0, 40, 46)}
        assert left_columns(user, membrane) == columns(5, 30)
        # Carbon itself is shown in the crop alone, though more of it is known.
        user.do(lambda: cropping.edit(user.session, opened, replace(crop, x1=45)))
        assert left_columns(user, membrane) == columns(5, 30)
        user.ctx.yield_(3)
        assert user.colour_at((42, ROW)) == YELLOW
        assert user.colour_at((48, ROW)) != YELLOW

    open_window(steps, [tomogram], client=PatternClient)


def test_a_rule_rests_while_its_partner_is_not_active(open_window, tomogram):
    def steps(user):
        membrane, carbon = load_both(user)
        rule = Rule("colocalise", carbon.id, 10.0)
        give(user, membrane, rule)
        assert left_columns(user, membrane) == columns(30, 60)
        user.do(lambda: model_list.set_display(carbon, replace(carbon.display, active=False)))
        assert left_columns(user, membrane) == columns(0, 60)
        user.do(lambda: model_list.remove(user.session, carbon))
        user.ctx.yield_(2)
        assert membrane.interaction == InteractionSettings()
        user.press("Ctrl+Z")
        assert membrane.interaction == InteractionSettings(rules=(rule,))
        assert user.session.models == [membrane, carbon]

    open_window(steps, [tomogram], client=PatternClient)


def test_an_undo_during_a_drag_leaves_no_half_step(open_window, tomogram):
    def steps(user):
        membrane, carbon = load_both(user)
        open_tab(user)
        user.ctx.item_click(control("emit"))
        user.ctx.key_press(int(imgui.Key.mod_ctrl) | int(imgui.Key.z))
        user.ctx.yield_(2)
        assert membrane.interaction == carbon.interaction == InteractionSettings()
        assert user.session.models == [membrane, carbon]

    open_window(steps, [tomogram], client=PatternClient)


def test_a_partner_that_learns_leaves_the_rule_as_it_was_until_its_next_epoch_is_known(
    open_window, tomogram
):
    def steps(user):
        membrane, carbon = load_both(user)
        rule = Rule("avoid", carbon.id, 10.0)
        give(user, membrane, rule)
        assert left_columns(user, membrane) == columns(0, 30)
        (client,) = user.clients
        client.at_once = False

        def next_epoch():
            carbon.before = (carbon.ref,)
            newer = replace(carbon.weights.ref, weights_sha256="1")
            carbon.weights = replace(carbon.weights, ref=newer)

        asked = len(client.wanted)
        user.do(next_epoch)
        user.wait_for(lambda: len(client.wanted) > asked)
        user.ctx.yield_(3)
        assert left_columns(user, membrane) == columns(0, 30)

    open_window(steps, [tomogram], client=PatternClient)


def test_rules_that_cannot_be_found_out_are_told_once_and_the_window_goes_on(
    open_window, tomogram, monkeypatch
):
    class NoMemory:
        def __init__(self, *_):
            raise MemoryError("no room for distances")

    def steps(user):
        membrane, carbon = load_both(user)
        monkeypatch.setattr(rules, "SliceInteractions", NoMemory)
        rule = Rule("avoid", carbon.id, 10.0)
        give(user, membrane, rule)
        user.wait_for(lambda: any("no room" in each.sentence for each in user.session.notices))
        monkeypatch.undo()
        user.press("Right")
        user.wait_until_shown()
        assert left_columns(user, membrane) == columns(0, 30)
        assert len(user.session.notices) == 1

    open_window(steps, [tomogram], client=PatternClient)
