"""Predictions over the slice: the right mask on the right slice, however late it comes."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from scseg.actions.models import model_list
from scseg.actions.tomograms import tomogram_list
from scseg.compute.messages import Failed, SliceDone
from scseg.compute.prediction_client import PredictionClient
from scseg.models.description import ModelDescription
from tests.fakes.models import write_model

pytestmark = pytest.mark.gui

RED = (255, 0, 0)


def load_model(user, name="Membrane"):
    description = ModelDescription(
        name=name,
        colour=(1.0, 0.0, 0.0),
        architecture="VGGNet",
        box_size=64,
        depth=1,
        apix=10.0,
        parameters=1493059,
        loss=0.0084,
        normalisation="",
        weights_sha256="0",
        training_set_sha256="",
        program="",
        epochs_trained=1,
    )
    path = Path(f"/models/{name}.scnm")
    model = user.do(lambda: model_list.add(user.session, path, description))
    user.wait_for(lambda: user.clients)
    user.client = user.clients[0]
    user.ctx.yield_(3)
    return model


def masked_row(user):
    """Return the row of the slice that is painted red; the fake network marks row z of slice z."""
    rows = [y for y in range(12) if user.colour_at((5, y)) == RED]
    assert len(rows) <= 1
    return rows[0] if rows else None


def test_the_mask_is_that_of_the_slice_in_view(open_window, tomogram):
    def steps(user):
        load_model(user)
        assert masked_row(user) == 6
        user.press("Right")
        user.wait_until_shown()
        assert masked_row(user) == 7
        user.press("Home")
        user.wait_until_shown()
        assert masked_row(user) == 0

    open_window(steps, [tomogram])


def test_alpha_threshold_show_and_v_act_without_asking_the_network_again(open_window, tomogram):
    def steps(user):
        model = load_model(user)
        asked = len(user.client.wanted)
        grey = user.colour_at((5, 9))[0]
        user.ctx.item_input_value("//Panels/**/##alpha", 0.5)
        user.ctx.yield_(2)
        assert user.colour_at((5, 6))[0] == pytest.approx((255 + grey) / 2, abs=25)
        changed = replace(model.display, alpha=1.0, threshold=0.0)
        user.do(lambda: model_list.set_display(model, changed))
        user.ctx.yield_(2)
        assert user.colour_at((5, 9)) == RED
        user.ctx.item_input_value("//Panels/**/##threshold", 1.0)
        user.ctx.yield_(2)
        assert masked_row(user) == 6
        user.ctx.item_click("//Panels/**/show")
        user.ctx.yield_(2)
        assert not model.display.show
        assert masked_row(user) is None
        user.ctx.item_click("//Panels/**/show")
        user.press("V")
        user.ctx.yield_(2)
        assert masked_row(user) is None
        user.press("V")
        user.ctx.yield_(2)
        assert masked_row(user) == 6
        assert len(user.client.wanted) == asked

    open_window(steps, [tomogram])


def test_bands_appear_as_they_come_and_the_rest_is_transparent(open_window, tomogram):
    def steps(user):
        model = load_model(user)
        user.client.at_once = False
        user.do(lambda: model_list.set_display(model, replace(model.display, threshold=0.0)))
        user.press("End")
        user.wait_until_shown()
        request = user.client.wanted[-1][0]
        assert request.z == 11
        assert user.colour_at((5, 3)) != RED
        user.client.answer(request)
        bands = user.client.replies
        user.client.replies = bands[:1]
        user.ctx.yield_(3)
        assert user.colour_at((5, 3)) == RED
        assert user.colour_at((5, 20)) != RED
        assert user.window.program.predictor.predictions.fraction((request,)) == 0.4
        user.client.replies = bands[1:]
        user.ctx.yield_(3)
        assert user.colour_at((5, 20)) == RED

    open_window(steps, [tomogram])


def test_an_answer_to_an_older_question_is_kept_for_its_slice_only(open_window, tomogram):
    def steps(user):
        load_model(user)
        user.client.at_once = False
        user.press("Home")
        user.press("End")
        user.wait_until_shown()
        late, newest = user.client.wanted[-2][0], user.client.wanted[-1][0]
        assert (late.z, newest.z) == (0, 11)
        user.client.answer(late)
        user.ctx.yield_(3)
        assert masked_row(user) is None
        user.client.answer(newest)
        user.ctx.yield_(3)
        assert masked_row(user) == 11
        asked = len(user.client.wanted)
        user.press("Home")
        user.wait_until_shown()
        # Seen before: it is there at once, and only its neighbours are still asked for.
        assert masked_row(user) == 0
        assert all(each.z != 0 for each in user.client.wanted[asked])

    open_window(steps, [tomogram])


def test_blend_lets_the_slice_show_through(open_window, tomogram):
    def steps(user):
        model = load_model(user)
        user.do(
            lambda: tomogram_list.set_contrast(
                user.session,
                replace(user.session.active.contrast, minimum=0.0, maximum=160.0, auto=False),
            )
        )
        user.do(
            lambda: model_list.set_display(
                model, replace(model.display, colour=(0.5, 0.5, 0.5), blend=True)
            )
        )
        user.ctx.yield_(2)
        dark, light = user.colour_at((0, 6))[0], user.colour_at((59, 6))[0]
        assert light > dark + 30
        user.do(lambda: model_list.set_display(model, replace(model.display, blend=False)))
        user.ctx.yield_(2)
        assert user.colour_at((0, 6)) == user.colour_at((59, 6)) == (128, 128, 128)

    open_window(steps, [tomogram])


def test_failures_become_notices_and_repeated_warnings_are_told_once(open_window, tomogram):
    def steps(user):
        load_model(user)
        request = user.client.wanted[-1][0]
        user.client.replies += [
            Failed(None, "The prediction process stopped: out of memory.", "Traceback"),
            SliceDone(request, 0.1, ("The pixel sizes differ.",)),
            SliceDone(request, 0.1, ("The pixel sizes differ.",)),
        ]
        user.ctx.yield_(3)
        assert [each.sentence for each in user.session.notices] == [
            "The prediction process stopped: out of memory.",
            "The pixel sizes differ.",
        ]
        user.ctx.menu_click("//##MainMenuBar/Settings/###restart-prediction")
        user.ctx.yield_(2)
        assert user.client.restarts == 1

    open_window(steps, [tomogram])


def test_a_removed_model_takes_its_mask_along_and_the_worker_ends_with_the_window(
    open_window, tomogram
):
    clients = []

    def steps(user):
        load_model(user)
        clients.extend(user.clients)
        user.ctx.item_click("//Panels/**/###remove")
        user.ctx.yield_(3)
        assert user.session.models == []
        assert masked_row(user) is None
        assert user.client.wanted[-1] == ()

    open_window(steps, [tomogram])
    assert clients[0].closed


def test_a_worker_process_predicts_what_is_in_view_and_is_replaced_when_it_dies(
    open_window, tomogram, tmp_path
):
    model_path = write_model(tmp_path, colour=(1.0, 0.0, 0.0))

    def known(user):
        opened = user.session.active
        return {mask.request.z for mask in user.window.program.on_screen.masks} == {
            opened.z
        } and all(mask.prediction.complete for mask in user.window.program.on_screen.masks)

    def steps(user):
        user.wait_for(lambda: user.session.models and known(user))
        # The formula is a half where the grey value is the tomogram's centre, and grows with it.
        assert user.colour_at((0, 0)) != RED
        assert user.colour_at((59, 39)) == RED
        user.point_at((59, 39))
        died = user.clients[0].pid
        os.kill(died, signal.SIGKILL)
        user.wait_for(lambda: user.session.notices)
        assert "started again" in user.session.notices[0].sentence
        user.press("Home")
        user.wait_until_shown()
        user.wait_for(lambda: known(user))
        assert user.clients[0].pid != died

    def start(wake):
        return PredictionClient(wake, "tests.fakes.worker")

    open_window(steps, [tomogram, model_path], client=start)


def test_no_worker_is_started_for_a_window_without_models(open_window, tomogram):
    def steps(user):
        user.press("Right")
        user.wait_until_shown()
        assert user.clients == []

    open_window(steps, [tomogram])
