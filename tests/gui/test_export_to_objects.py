"""From a volume that was exported to its objects, in the window."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions.models import model_list
from scseg.actions.view import view
from scseg.state.objects import VolumeSource
from scseg.state.panel_layout import Stage
from tests.fakes.exporting import use_fake_network
from tests.fakes.models import write_model
from tests.gui.objects import STAGE, place_by_hand, state
from tests.gui.test_export import PANELS, click, export, finish, open_models

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def _fake_network(monkeypatch):
    use_fake_network(monkeypatch)


def test_a_volume_that_is_shown_is_taken_for_the_source(open_window, tomogram, tmp_path):
    def steps(user):
        session = user.session
        open_models(user, [write_model(tmp_path, name="Membrane")])
        export(user)
        finish(user)
        click(user, "###show 0")
        user.wait_for(lambda: session.volumes.open)
        (overlay,) = session.volumes.open
        user.ctx.item_input_value(f"{PANELS}##threshold", 0.25)
        user.ctx.yield_(2)
        click(user, "###objects")
        user.wait_for(lambda: isinstance(state(user).source, VolumeSource))
        assert session.stage == Stage.OBJECTS
        first = state(user).source
        assert first.volume.path == overlay.volume.path
        assert first.meaning.threshold == 0.25
        user.ctx.item_click(f"{STAGE}/###source")
        user.ctx.item_click(f"//$FOCUSED/###volume {overlay.id}")
        user.wait_for(lambda: state(user).source is not first)
        assert state(user).source.volume.path == first.volume.path

    open_window(steps, [tomogram])


def test_a_line_of_the_queue_leads_to_objects_at_the_threshold_of_its_model(
    open_window, tomogram, tmp_path
):
    def steps(user):
        session = user.session
        open_models(user, [write_model(tmp_path, name="Membrane")])
        model = session.models[0]
        user.do(lambda: model_list.set_display(model, replace(model.display, threshold=0.3)))
        export(user)
        finish(user)
        click(user, "###objects 0")
        user.wait_for(lambda: isinstance(state(user).source, VolumeSource))
        assert session.stage == Stage.OBJECTS
        assert str(state(user).source.volume.path) == session.exports.queue[0].volumes[0]
        assert state(user).source.meaning.threshold == 0.3

    open_window(steps, [tomogram])


def test_another_stage_is_seen_from_its_beginning(open_window, tomogram):
    def steps(user):
        user.do(lambda: view.set_scale(user.session, 2.0))
        user.wait_for(lambda: user.session.active.annotation is not None)
        user.press("4")
        place_by_hand(user, (30, 20))
        panels = user.ctx.window_info("//Panels").window
        user.ctx.mouse_move_to_pos((panels.pos.x + 20, panels.pos.y + 300))
        user.ctx.mouse_wheel_y(-100)
        user.ctx.yield_(3)
        tab = "//Panels/stages/Export"
        assert user.ctx.item_info(tab).rect_full.max.y < panels.pos.y
        user.press("3")
        user.ctx.yield_(3)
        assert panels.scroll.y > 0
        assert user.ctx.item_info(tab).rect_full.min.y >= panels.pos.y

    open_window(steps, [tomogram])
