"""The manual's own example with mouse and keys and the real networks: from annotation to a saved model."""

from __future__ import annotations

from functools import partial

import mrcfile
import numpy as np
import pytest
from imgui_bundle import hello_imgui, imgui

from scseg.compute.prediction_client import PredictionClient
from scseg.models.sampling import Counts
from scseg.preview.needed_slices import needed_in_view
from scseg.runtime.models.trainer import start_training
from tests.gui.drawing import begin, drag, save_as, settled

pytestmark = [pytest.mark.gui, pytest.mark.keras]

PATIENCE = 180.0
ROWS, COLUMNS = 96, 128
STRIPE = 44


@pytest.fixture
def stripe(tmp_path):
    """A tomogram with a bright membrane along row 44 of every slice."""
    random = np.random.default_rng(0)
    volume = random.normal(0.0, 1.0, (5, ROWS, COLUMNS)).astype(np.float32)
    volume[:, STRIPE - 4 : STRIPE + 5] += 3.0
    path = tmp_path / "stripe.mrc"
    with mrcfile.new(path) as file:
        file.set_data(volume)
        file.voxel_size = 13.92
    return path


def be_patient():
    """Keep the test engine from ending after a minute, which on a busy machine would be too early."""
    engine = hello_imgui.get_imgui_test_engine()
    imgui.test_engine.get_io(engine).config_watchdog_kill_test = 2 * PATIENCE


def annotate(user):
    """Draw the membrane and place boxes on it, and boxes of background beside."""
    for header in ("Datasets", "Filters"):
        user.ctx.item_click(f"//Panels/{header}")
    begin(user, brush=4.5)
    name_last(user, "Membrane")
    drag(user, [(6, STRIPE), (60, STRIPE), (122, STRIPE)])
    place_boxes(user, [(x, STRIPE) for x in (20, 36, 52, 68, 84, 100)])
    user.ctx.item_click("//Panels/**/###add-feature")
    user.ctx.yield_(2)
    name_last(user, "Background")
    place_boxes(user, [(x, 78) for x in (20, 36, 52, 68, 84, 100)])
    settled(user)


def name_last(user, name):
    """Type the name of the feature that was added last."""
    feature = user.session.active.features[-1]
    panel = user.ctx.window_info(f"//Panels/stages/Segmentation/feature {feature.id}").window
    escaped = panel.name.replace("/", "\\/")
    user.ctx.item_click(f"//{escaped}/###name")
    user.ctx.key_chars_replace_enter(name)
    settled(user)


def place_boxes(user, places):
    user.ctx.key_down(user.imgui.Key.mod_shift)
    for place in places:
        user.point_at(place)
        user.ctx.mouse_click(0)
        user.ctx.yield_()
    user.ctx.key_up(user.imgui.Key.mod_shift)
    user.ctx.yield_()


def slide(user, name, third):
    box = user.ctx.item_info(f"//Panels/**/##choice {name}").rect_full
    x = (box.min.x + box.max.x) / 2 + third * (box.max.x - box.min.x) / 3
    user.ctx.mouse_move_to_pos((x, (box.min.y + box.max.y) / 2))
    user.ctx.mouse_click(0)
    user.ctx.yield_(2)


def predicted(user):
    """Return the prediction of the slice in view, once it is complete."""
    known = user.window.program.predictor.predictions
    user.wait_for(lambda: needed_in_view(user.session), PATIENCE)
    user.wait_for(lambda: known.fraction(needed_in_view(user.session)) == 1.0, PATIENCE)
    (wanted,) = needed_in_view(user.session)
    return known.get(wanted).values.copy()


def make_set(user):
    """Choose what is sampled and let the set be generated under the proposed name."""
    user.press("2")
    slide(user, "Membrane", 1)
    slide(user, "Background", -1)
    user.ctx.item_input_value("//Panels/**/##box size", 32.0)
    user.ctx.yield_(2)
    user.wait_for(lambda: user.session.counted.counts == Counts(6, 6))
    user.ctx.item_click("//Panels/**/###generate")
    save_as(user)
    user.wait_for(lambda: user.session.models)
    user.ctx.item_click("//Panels/**/Create a training dataset")
    user.press("Escape")


def train_a_little(user):
    """Train for at least three epochs, then stop; return the model."""
    (model,) = user.session.models
    user.ctx.item_input_value("//Panels/**/##copies", 8.0)
    user.ctx.item_input_value("//Panels/**/##batch_size", 16.0)
    user.ctx.item_click("//Panels/**/###train")
    user.wait_for(lambda: len(model.epochs) >= 3, PATIENCE)
    user.ctx.item_click("//Panels/**/###stop")
    user.wait_for(lambda: model.run is None, PATIENCE)
    assert 3 <= model.description.epochs_trained < 25
    return model


def test_from_annotation_to_the_same_prediction_in_a_fresh_start(
    open_window, stripe, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    predictions = []

    def first(user):
        be_patient()
        start = partial(start_training, hello_imgui.request_refresh)
        user.window.program.trainer.start = start
        annotate(user)
        make_set(user)
        assert (tmp_path / "13.92_32_Membrane.scnt").is_file()
        model = train_a_little(user)
        user.ctx.item_click("//Panels/**/###save")
        save_as(user)
        user.wait_for(lambda: model.weights.kept)
        predictions.append(predicted(user))

    def second(user):
        be_patient()
        (path,) = tmp_path.glob("13.92_32_*_Membrane.scnm")
        user.press("Ctrl+L")
        user.wait_for(lambda: user.ctx.item_exists(f"//###files/**/###{path.name}"))
        user.ctx.item_click(f"//###files/**/###{path.name}")
        user.ctx.item_click("//###files/###open")
        user.wait_for(lambda: user.session.models)
        predictions.append(predicted(user))

    open_window(first, [stripe], client=PredictionClient)
    open_window(second, [stripe], client=PredictionClient)
    before, after = predictions
    assert np.abs(before - after).max() <= 1e-6
    # It has learnt something, too.
    assert before[STRIPE, 10:-10].mean() > before[80, 10:-10].mean() + 0.2
