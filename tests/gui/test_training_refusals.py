"""Sets that a model cannot learn from, chosen with the mouse: refused at once, with both numbers."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.datasets.normalisation import DEFINITION, WITH_PADDING
from scseg.datasets.training_sets.source_tomogram import SourceTomogram
from scseg.datasets.training_sets.training_set import TrainingSet, save_training_set
from tests.fakes.models import write_model
from tests.gui.drawing import is_enabled
from tests.gui.training import choose_below, show_training, the_model

pytestmark = pytest.mark.gui

REFUSAL = (
    "VGGNet cannot take boxes of 20 pixels, only multiples of 8: "
    "make the training set anew with 16 or 24."
)
TRAIN = "//Panels/**/###train"


def write_set(folder, box_size=32, depth=1, apix=10.0, normalisation=DEFINITION):
    labels = np.zeros((8, box_size, box_size), np.uint8)
    labels[:4, 4:8] = 1
    made = TrainingSet(
        images=np.zeros((8, depth, box_size, box_size), np.float32),
        labels=labels,
        positions=np.array([(5, 20, 40 * i) for i in range(8)]),
        origins=np.zeros(8, np.int64),
        apix=apix,
        features=("Membrane",),
        sources=(SourceTomogram("a.mrc", apix, 0.0, 1.0),),
        normalisation=normalisation,
    )
    path = folder / f"{box_size}_{depth}_{apix}_{normalisation[-1]}.scnt"
    save_training_set(made, path)
    return path


def errors(user):
    return [each.sentence for each in user.session.messages if each.level == "error"]


def browse(user, path):
    """Choose a training set in the dialog behind the button browse."""
    user.ctx.item_click("//Panels/**/###browse")
    user.wait_for(lambda: user.ctx.item_exists(f"//###files/**/###{path.name}"))
    user.ctx.item_click(f"//###files/**/###{path.name}")
    user.ctx.item_click("//###files/###open")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"box_size": 16}, "takes boxes of 32 pixels, not 16"),
        ({"depth": 3}, "takes boxes of 1 slice, not 3"),
        ({"apix": 10.2}, "was trained at 10.000 A per pixel, not 10.200"),
        ({"normalisation": WITH_PADDING}, f"definition {DEFINITION!r}, not {WITH_PADDING!r}"),
    ],
)
def test_a_trained_model_refuses_what_cannot_change(
    open_window, tmp_path, monkeypatch, change, words
):
    monkeypatch.chdir(tmp_path)
    model_file = write_model(tmp_path)
    refused, fitting = write_set(tmp_path, **change), write_set(tmp_path, apix=10.05)

    def steps(user):
        user.wait_for(lambda: user.session.models)
        model = the_model(user)
        user.press("2")
        for header in ("Datasets", "Filters", "Create a training dataset"):
            user.ctx.item_click(f"//Panels/**/{header}")
        show_training(user)
        browse(user, refused)
        user.wait_for(lambda: errors(user))
        (told,) = errors(user)
        assert words in told
        assert model.plan.training_set is None
        assert not is_enabled(user, TRAIN)
        # Within a hundredth the pixel size may differ, and the training goes on.
        browse(user, fitting)
        user.wait_for(lambda: model.plan.training_set is not None)
        user.press("Escape")
        user.ctx.item_click(TRAIN)
        user.wait_for(lambda: model.run is None and model.description.epochs_trained == 28)
        assert any("optimiser starts afresh" in each.sentence for each in user.session.messages)
        assert model.description.apix == 10.0
        assert len(errors(user)) == 1

    open_window(steps, [model_file], ready=False)


def test_a_new_model_refuses_boxes_that_its_network_cannot_take_until_another_is_chosen(
    open_window, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    odd = write_set(tmp_path, box_size=20)

    def steps(user):
        user.press("2")
        for header in ("Datasets", "Filters", "Create a training dataset"):
            user.ctx.item_click(f"//Panels/**/{header}")
        user.press("Ctrl+M")
        model = the_model(user)
        browse(user, odd)
        user.wait_for(lambda: errors(user))
        assert errors(user) == [REFUSAL]
        assert model.plan.training_set is None
        user.press("Escape")
        choose_below(user, "//Panels/**/###name", "###UNet deep")
        browse(user, odd)
        user.wait_for(lambda: model.plan.training_set is not None)
        # Nor may the network be one that cannot take them.
        choose_below(user, "//Panels/**/###name", "###VGGNet")
        assert model.plan.architecture == "UNet deep"
        assert errors(user) == 2 * [REFUSAL]

    open_window(steps)
