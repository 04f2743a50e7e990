"""The tab Prediction with a real network, on the demo and on a real tomogram, against the command line."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import mrcfile
import numpy as np
import pytest
from imgui_bundle import hello_imgui, imgui

from scseg.actions.models import model_list
from scseg.cli import main
from scseg.compute.messages import TrainingRequest
from scseg.compute.prediction_client import PredictionClient
from scseg.compute.training import train_and_wait
from scseg.datasets.demo.annotation import place_boxes, slices_to_annotate
from scseg.datasets.demo.cached import demo_tomogram
from scseg.datasets.demo.simulate import Specimen
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.extraction import SetParameters, extract
from scseg.datasets.training_sets.training_set import save_training_set
from scseg.models.description import TrainingParameters
from scseg.preview.needed_slices import needed_in_view
from scseg.state import active_models
from tests.datasets.makers import annotated_by_mask
from tests.gui.drawing import save_as
from tests.gui.test_interactions import control

pytestmark = [pytest.mark.gui, pytest.mark.keras]

PATIENCE = 180.0
SPECIMEN = Specimen((24, 200, 240))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return demo_tomogram(tmp_path_factory.mktemp("demo"), SPECIMEN)


@pytest.fixture(scope="module")
def model(demo, tmp_path_factory):
    """A small network that was trained for a moment on the demo's membranes."""
    folder = tmp_path_factory.mktemp("model")
    label = open_tomogram(demo.labels["Membrane"])
    slices = slices_to_annotate(np.asarray(label.voxels), 2)
    boxes = place_boxes(np.asarray(label.voxels), slices, 30, 32)
    annotated = annotated_by_mask(open_tomogram(demo.tomogram), label, boxes)
    training_set = extract([annotated], SetParameters(32, None, ("Membrane",)))
    save_training_set(training_set, folder / "set.scnt")
    parameters = TrainingParameters(epochs=3, batch_size=16, validation=0)
    colour = (0.2, 0.8, 0.6)
    request = TrainingRequest(
        str(folder / "set.scnt"), str(folder), "Membrane", colour, "UNet BN small", parameters
    )
    return Path(train_and_wait(request, lambda *_: None, lambda _: None).model.path)


def is_predicted(user):
    wanted = needed_in_view(user.session)
    return bool(wanted) and user.window.program.predictor.predictions.fraction(wanted) == 1.0


def save_slice(user, path):
    """Save what is seen, and return it."""
    user.wait_for(lambda: is_predicted(user), PATIENCE)
    user.ctx.yield_(3)
    user.ctx.item_click(control("###save slice"))
    user.ctx.yield_(2)
    user.ctx.item_click("//$FOCUSED/###values")
    save_as(user)
    user.wait_for(path.is_file)
    return mrcfile.read(path)


def copy_slice(user):
    """Copy what the model finds into a new feature, and return its mask."""
    user.ctx.item_click(control("###copy"))
    user.ctx.yield_(2)
    user.ctx.item_click("//$FOCUSED/###new")
    opened = user.session.active
    user.wait_for(lambda: opened.features)
    return opened.annotation.contents.mask(opened.features[0].id, opened.z)


def show_doubtful_place(user):
    """Look for doubtful places on three slices, and go to the first."""
    z = user.session.active.z
    for name, number in (("from", z), ("to", z + 2)):
        user.ctx.item_input_value(f"//Panels/**/###{name}", number)
    user.ctx.item_click("//Panels/**/###search")
    user.wait_for(lambda: user.session.advice is not None, PATIENCE)
    user.ctx.yield_(3)
    user.ctx.item_click("//Panels/**/###place 0")
    user.wait_until_shown()
    return user.session.advice.places[0]


def work_through(open_window, tomogram, path_of_model):
    """Save, copy and look for doubt; return what was saved, and where."""
    seen = {}

    def steps(user):
        engine = hello_imgui.get_imgui_test_engine()
        imgui.test_engine.get_io(engine).config_watchdog_kill_test = 2 * PATIENCE
        user.wait_for(lambda: user.session.models)
        user.ctx.yield_(6)
        # Where pixels are more than twice as large as those it learnt from, it waits for the user.
        (model,) = user.session.models
        switched = active_models.switched(model, user.session.active, active=True)
        user.do(lambda: model_list.set_display(model, switched))
        for header in ("Datasets", "Filters", "**/Create a training dataset"):
            user.ctx.item_click(f"//Panels/{header}")
        opened = user.session.active
        user.wait_for(lambda: opened.annotation is not None)
        z = seen["z"] = opened.z
        path = seen["path"] = tomogram.with_name(f"{tomogram.stem}__Membrane_slice_{z}.mrc")
        values = save_slice(user, path)
        (model,) = user.session.models
        threshold = float(np.quantile(values, 0.9))
        user.do(lambda: model_list.set_display(model, replace(model.display, threshold=threshold)))
        np.testing.assert_array_equal(copy_slice(user), values >= np.float32(threshold))
        place = show_doubtful_place(user)
        assert 0 < place.doubt <= 1
        assert (opened.z, opened.view.y, opened.view.x) == (place.z, place.y, place.x)
        assert [each for each in user.session.notices if each.level == "error"] == []

    def start(wake):
        return PredictionClient(wake)

    open_window(steps, [tomogram, path_of_model], client=start)
    return seen["z"], seen["path"]


def assert_as_on_the_command_line(tomogram, model, z, path):
    out = path.parent / "out"
    options = ("--slices", z, "--separate", "--type", "float32", "-o", out)
    arguments = ("segment", tomogram, "--model", model, *options)
    assert main.run([str(each) for each in arguments]) == 0
    assert (out / path.name).read_bytes() == path.read_bytes()


def test_the_demo_tomogram(open_window, demo, model, tmp_path):
    tomogram = tmp_path / "demo.mrc"
    shutil.copyfile(demo.tomogram, tomogram)
    z, path = work_through(open_window, tomogram, model)
    assert_as_on_the_command_line(tomogram, model, z, path)


@pytest.mark.real
def test_a_real_tomogram_of_other_pixels(open_window, real_tomogram, model, tmp_path):
    tomogram = tmp_path / "real.mrc"
    shutil.copyfile(real_tomogram, tomogram)
    z, path = work_through(open_window, tomogram, model)
    assert_as_on_the_command_line(tomogram, model, z, path)
