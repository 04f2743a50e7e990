"""The stage Export in the window: what is ticked is written, the queue, volumes over the slice."""

from __future__ import annotations

from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.actions.exports import planning
from scseg.export.cluster import connection
from scseg.runtime.display import export_texts
from tests.fakes.exporting import use_fake_network
from tests.fakes.gradient import write_four
from tests.fakes.models import write_model
from tests.gui.training import choose_below

pytestmark = pytest.mark.gui
PANELS = "//Panels/**/"


@pytest.fixture(autouse=True)
def _fake_network(monkeypatch):
    use_fake_network(monkeypatch)


@pytest.fixture
def models(tmp_path):
    return (
        write_model(tmp_path, name="Membrane"),
        write_model(tmp_path, name="inverse", colour=(1.0, 0.5, 0.0)),
    )


def open_models(user, models):
    user.do(lambda: user.window.program.open(models))
    user.wait_for(lambda: len(user.session.models) == len(models))
    user.press("3")
    # Room for what is below: wildcards find what is in sight.
    for header in ("Datasets", "Filters"):
        user.ctx.item_click(f"//Panels/{header}")
    user.ctx.yield_(3)


def click(user, name):
    user.ctx.item_click(f"{PANELS}{name}")
    user.ctx.yield_(2)


def export(user):
    before = len(user.session.exports.queue)
    click(user, "###start-export")
    user.wait_for(lambda: len(user.session.exports.queue) > before)


def finish(user):
    user.wait_for(lambda: not user.session.exports.left, 60)


def test_what_is_ticked_is_written_and_shown_with_a_click(open_window, tmp_path, models):
    a, b, *_ = write_four(tmp_path)

    def steps(user):
        session = user.session
        open_models(user, models)
        assert session.stage == "Export"
        click(user, f"###write {session.models[1].id}")
        assert [model.display.name for model in planning.written_models(session)] == ["Membrane"]
        number = next(i for i, opened in enumerate(session.tomograms) if opened.name == "a.mrc")
        click(user, f"###export {number}")
        assert [opened.name for opened in planning.ticked(session)] == ["b.mrc"]
        user.wait_for(lambda: session.exports.estimated.estimate is not None)
        export(user)
        finish(user)
        written = tmp_path / "predictions" / "b__Membrane.mrc"
        assert written.is_file()
        assert {path.suffix for path in written.parent.iterdir()} == {".mrc", ".json"}
        click(user, "###show 0")
        user.wait_for(lambda: session.volumes.open)
        assert session.active.name == "b.mrc"
        click(user, "without live predictions")
        user.wait_for(lambda: user.window.program.on_screen.volumes)
        user.wait_until_shown()
        with mrcfile.open(written) as file:
            inside = np.argwhere(file.data[session.active.z] >= 64)
        y, x = (int(v) for v in inside[len(inside) // 2])
        colour = np.array(user.colour_at((x, y))) / 255
        np.testing.assert_allclose(colour, session.models[0].display.colour, atol=0.03)
        click(user, "###close")
        assert session.volumes.open == []

    open_window(steps, [a, b])


def test_the_address_of_a_cluster_is_typed_and_counts_for_the_next_export(
    open_window, tomogram, models, monkeypatch
):
    monkeypatch.setattr(connection, "_SECONDS_TO_CONNECT", 0.5)

    def steps(user):
        session = user.session
        open_models(user, models[:1])
        user.wait_for(lambda: session.exports.estimated.estimate is not None)
        user.ctx.menu_click("//##MainMenuBar/Settings/Cluster/###scheduler")
        user.ctx.key_chars_replace_enter(" tcp://127.0.0.1:9")
        user.ctx.yield_(30)
        user.press("Escape")
        user.press("Escape")
        user.ctx.yield_(3)
        assert session.settings.scheduler == "tcp://127.0.0.1:9"
        assert "on the cluster" in export_texts.estimate(session)[0][0]
        export(user)
        finish(user)
        assert [each.status for each in session.exports.queue] == ["failed"]
        assert "No Dask scheduler answers at tcp://127.0.0.1:9" in session.exports.queue[0].told

    open_window(steps, [tomogram])


def test_how_it_is_written_is_chosen(open_window, tmp_path, tomogram, models):
    def steps(user):
        session = user.session
        open_models(user, models[:1])
        choose_below(user, f"{PANELS}within the crop", "###mask")
        choose_below(user, f"{PANELS}###to", "###whole", rows=2)
        user.ctx.item_input_value(f"{PANELS}##averaging", 2.0)
        user.ctx.item_input_value(f"{PANELS}###from", 3)
        user.ctx.yield_(2)
        user.ctx.item_input_value(f"{PANELS}###to", 5)
        user.ctx.yield_(2)
        user.ctx.item_input_value(f"{PANELS}###folder", str(tmp_path / "typed"))
        user.ctx.yield_(2)
        click(user, "within the crop")
        plan = session.exports.plan
        assert (plan.kind, plan.mode, plan.averaging) == ("mask", "whole", 2)
        assert plan.folder == str(tmp_path / "typed")
        assert not plan.within_crop
        assert session.active.export_slices == (2, 4)
        export(user)
        finish(user)
        with mrcfile.open(tmp_path / "typed" / "gradient__Membrane.mrc") as file:
            assert file.data.shape == (3, 40, 60)
            assert set(np.unique(file.data)) <= {0, 1}
            label = str(file.get_labels()[0])
        assert "whole slices averaging 2" in label
        click(user, "Browse…###browse")
        user.wait_for(lambda: user.window.dialogs._open is not None)
        user.ctx.yield_(5)
        user.ctx.item_click("**/###choose")
        user.wait_for(lambda: user.window.dialogs._open is None)
        assert session.exports.plan.folder == str(tmp_path / "typed")

    open_window(steps, [tomogram])


def test_handles_on_the_slider_choose_slices(open_window, tomogram, models):
    def steps(user):
        session, ctx = user.session, user.ctx
        open_models(user, models[:1])

        def drag(handle, to):
            ctx.mouse_move("//View/" + handle)
            rect = ctx.item_info("//View/###slices").rect_full
            ctx.mouse_down(0)
            ctx.mouse_move_to_pos((rect.min.x + (rect.max.x - rect.min.x) * to, rect.min.y + 8))
            ctx.yield_(2)
            ctx.mouse_up(0)
            ctx.yield_(2)

        drag("###first slice", 0.3)
        first, last = session.active.export_slices
        assert 2 <= first <= 4
        assert last == 11
        assert session.active.z == first
        drag("###last slice", 0.6)
        assert session.active.export_slices[0] == first
        assert 6 <= session.active.export_slices[1] <= 8
        drag("###last slice", 0.05)
        assert session.active.export_slices == (0, 0)
        drag("###last slice", 1.0)
        assert session.active.export_slices is None
        user.press("1")
        user.ctx.yield_(2)
        assert not ctx.item_exists("//View/###first slice")

    open_window(steps, [tomogram])


def test_bar_cancel_retry_and_remove(open_window, tmp_path, tomogram, models, monkeypatch):
    gate = tmp_path / "gate"
    monkeypatch.setenv("SCSEG_FAKE_GATE", str(gate))

    def steps(user):
        session = user.session
        open_models(user, models[:1])
        export(user)
        user.wait_for(lambda: session.exports.job is not None)
        export(user)
        user.ctx.yield_(3)
        first, second = session.exports.queue
        assert session.exports.running == first.id
        assert not user.ctx.item_exists(f"{PANELS}###show 0")
        click(user, "###cancel")
        user.wait_for(lambda: session.exports.queue[0].status == "cancelled", 30)
        gate.touch()
        finish(user)
        assert session.exports.queue[1].status == "done"
        click(user, "###retry")
        finish(user)
        assert session.exports.queue[0].told.startswith("there already")
        click(user, "###remove")
        assert [each.id for each in session.exports.queue] == [second.id]
        user.ctx.mouse_move("//View/###slice")
        user.ctx.yield_(2)
        click(user, "###clear-exports")
        assert session.exports.queue == ()
        assert (tmp_path / "predictions" / "gradient__Membrane.mrc").is_file()

    open_window(steps, [tomogram])


def test_tomograms_are_ticked_all_or_one(open_window, tmp_path, models):
    paths = write_four(tmp_path)

    def steps(user):
        open_models(user, models[:1])
        user.wait_for(lambda: len(user.session.tomograms) == 4)
        click(user, "###this")
        assert planning.ticked(user.session) == [user.session.active]
        click(user, "###all")
        assert planning.counted(user.session) == 4

    open_window(steps, paths)


def test_how_a_volume_is_drawn(open_window, tomogram, models):
    def steps(user):
        session = user.session
        open_models(user, models[:1])
        export(user)
        finish(user)
        click(user, "###show 0")
        user.wait_for(lambda: session.volumes.open)
        (overlay,) = session.volumes.open
        user.ctx.item_input_value(f"{PANELS}##threshold", 0.25)
        user.ctx.item_input_value(f"{PANELS}##alpha", 0.5)
        user.ctx.yield_(2)
        beside = user.ctx.item_info(f"{PANELS}show").rect_full
        user.ctx.mouse_move_to_pos((beside.max.x + 30, (beside.min.y + beside.max.y) / 2))
        user.ctx.mouse_click(0)
        user.ctx.yield_(2)
        user.ctx.item_click("//$FOCUSED/contour")
        click(user, "show")
        user.ctx.yield_(2)
        display = overlay.display
        assert (display.threshold, display.alpha, display.look) == (0.25, 0.5, "contour")
        assert not display.show
        user.wait_for(lambda: not user.window.program.on_screen.volumes)

    open_window(steps, [tomogram])


def test_the_menu_and_the_words_lead_to_the_stage(open_window, tomogram):
    def steps(user):
        user.ctx.menu_click("//##MainMenuBar/File/###export-volumes")
        user.ctx.yield_(2)
        assert user.session.stage == "Export"
        assert Path(planning.folder(user.session)).name == "predictions"

    open_window(steps, [tomogram])


def test_a_double_click_means_one_export(open_window, tomogram, models):
    def steps(user):
        open_models(user, models[:1])
        user.ctx.item_double_click(f"{PANELS}###start-export")
        user.wait_for(lambda: user.session.exports.queue)
        finish(user)
        user.ctx.yield_(5)
        assert len(user.session.exports.queue) == 1

    open_window(steps, [tomogram])
