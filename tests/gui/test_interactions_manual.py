"""The manual's example on the demo tomogram: membrane avoids carbon within 30 nm, both compete, cropped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt, gaussian_filter

from scseg.actions.models import model_list
from scseg.annotations.crop import Crop
from scseg.base.rect import Rect
from scseg.compute.messages import Band, SliceDone
from scseg.datasets.demo.cached import demo_tomogram
from scseg.datasets.demo.simulate import Specimen
from scseg.datasets.tomogram import open_tomogram
from scseg.interactions.rules import InteractionSettings, Rule
from tests.fakes.client import FakeClient
from tests.fakes.models import DESCRIPTION

pytestmark = pytest.mark.gui

SPECIMEN = Specimen((10, 200, 240))
THRESHOLD, PARTNER_THRESHOLD, RADIUS = 0.3, 0.1, 30.0
CROP = Crop(0, 10, 30, 190, 40, 230, enabled=True)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return demo_tomogram(tmp_path_factory.mktemp("demo"), SPECIMEN)


def said(files, name, z):
    """Return what a good network would say of a slice: the truth, blurred, a little unsure everywhere."""
    label = np.asarray(open_tomogram(files.labels[name]).voxels[z])
    return 0.02 + 0.96 * gaussian_filter((label > 0).astype(np.float32), 2.0)


def client_of(files):
    class LabelClient(FakeClient):
        def answer(self, request):
            values = said(files, Path(request.model.path).stem, request.z)
            region = request.region or Rect.whole(values.shape)
            self.replies.append(Band(request, region.y0, values[region.slices]))
            self.replies.append(SliceDone(request, 0.1, ()))
            self.wake()

    return LabelClient


def expected(files, z):
    """Return where membrane is left in the whole slice, by SciPy."""
    membrane, carbon = said(files, "membrane", z), said(files, "carbon", z)
    strongest = np.maximum(membrane, carbon)
    membrane_left = np.where(membrane < strongest, 0, membrane)
    carbon_left = np.where(carbon < strongest, 0, carbon)
    assert (carbon_left >= PARTNER_THRESHOLD).any()
    far = distance_transform_edt(carbon_left < PARTNER_THRESHOLD) * SPECIMEN.apix / 10 > RADIUS
    return (membrane_left >= THRESHOLD) & far


def set_up(user):
    """Do what the manual says with mouse and keys: rule, competition, thresholds, crop."""
    for name, colour in (("membrane", (0.26, 0.83, 0.64)), ("carbon", (1.0, 1.0, 0.0))):
        described = replace(DESCRIPTION, name=name, colour=colour, weights_sha256=name, apix=13.92)
        path = Path(f"/models/{name}.scnm")
        user.do(
            lambda path=path, described=described: model_list.add(user.session, path, described)
        )
        user.ctx.yield_(6)
    for header in ("Datasets", "Filters", "**/Create a training dataset"):
        user.ctx.item_click(f"//Panels/{header}")
    user.ctx.yield_(3)
    user.ctx.item_input_value("//Panels/**/##threshold", THRESHOLD)
    user.ctx.item_click("//Panels/**/Interactions")
    user.ctx.yield_(2)
    user.ctx.item_click("//Panels/**/emit")
    user.ctx.item_click("//Panels/**/absorb")
    user.ctx.item_click("//Panels/**/###add rule")
    user.ctx.yield_(2)
    user.ctx.item_input_value("//Panels/**/###radius", RADIUS)
    user.ctx.item_input_value("//Panels/**/###threshold", PARTNER_THRESHOLD)
    membrane, carbon = user.session.models
    user.do(lambda: setattr(carbon, "interaction", InteractionSettings(emit=True, absorb=True)))
    return membrane, carbon


def test_membrane_avoids_carbon(open_window, files):
    names = {name.lower(): path for name, path in files.labels.items()}
    files = replace(files, labels=names)

    def steps(user):
        membrane, carbon = set_up(user)
        rule = Rule("avoid", carbon.id, RADIUS, PARTNER_THRESHOLD)
        assert membrane.interaction == InteractionSettings(emit=True, absorb=True, rules=(rule,))
        opened = user.session.active
        user.wait_for(lambda: opened.annotation is not None)
        user.press("C")
        user.do(lambda: setattr(opened, "cropping", CROP))

        def ruled():
            masks = user.window.program.on_screen.masks
            mask = next((each for each in masks if each.model is membrane), None)
            return mask if mask is not None and mask.removed and not mask.pending else None

        for key in ("Right", "Left"):
            user.press(key)
            user.wait_until_shown()
            user.wait_for(ruled)
            user.ctx.yield_(3)
            left = (ruled().prediction.values >= THRESHOLD) & ~ruled().removed.pixels
            inside = CROP.rect.slices
            wanted = expected(files, opened.z)[inside]
            assert wanted.any()
            np.testing.assert_array_equal(left[inside], wanted)

    open_window(steps, [files.tomogram], client=client_of(files))
