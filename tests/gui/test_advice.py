"""Where next? With real mouse and keys, and predictions whose doubt is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scseg.actions.models import advice, files, model_list
from scseg.compute.messages import Band, SliceDone
from scseg.runtime.display.boxes import DOUBTFUL
from tests.fakes.client import FakeClient
from tests.fakes.gradient import SHAPE, gradient, write_volume
from tests.fakes.models import write_model
from tests.gui.drawing import begin, in_file, is_enabled, save_as
from tests.gui.test_interactions import load
from tests.gui.test_prediction_tab import load_one

pytestmark = pytest.mark.gui

BOX = 8
SEARCH = "//Panels/**/###search"


class DoubtfulClient(FakeClient):
    """Sure of everything but for two places on each slice, the less so the higher the slice."""

    def answer(self, request):
        values = np.zeros(SHAPE[1:], np.float32)
        for (y, x), part in (((20, 30), 1.0), ((8, 12), 0.5)):
            values[y - 4 : y + 4, x - 4 : x + 4] = part * request.z / 24
        self.replies += [Band(request, 0, values), SliceDone(request, 0.1, ())]
        self.wake()


def begin_here(user):
    """Load a model, and have a feature whose boxes are as large as the doubtful places."""
    user.wait_for(lambda: user.session.active.annotation is not None)
    begin(user)
    opened = user.session.active
    (feature,) = opened.features
    user.ctx.item_input_value("//Panels/**/##boxes", BOX)
    user.wait_for(lambda: opened.features[0].box_size == BOX and opened.draft is None)
    return feature


def search(user):
    user.session.advice = None
    user.ctx.item_click(SEARCH)
    user.wait_for(lambda: user.session.advice is not None and not user.session.jobs)
    user.ctx.yield_(3)
    return user.session.advice


def test_places_are_listed_shown_and_boxed(open_window, tomogram, screen):
    def steps(user):
        feature = begin_here(user)
        load_one(user)
        found = search(user)
        assert found.box_size == BOX
        places = [(p.z, p.y, p.x) for p in found.places]
        # A value below 0.5 is doubted twice what it is; slices next to one another are alike.
        assert places[:2] == [(11, 20, 30), (9, 20, 30)]
        assert found.places[0].doubt == pytest.approx(22 / 24, abs=1e-3)
        assert (10, 20, 30) not in places
        assert (11, 8, 12) in places
        user.ctx.item_click("//Panels/**/###place 1")
        user.wait_until_shown()
        opened = user.session.active
        assert opened.z == 9
        assert (opened.view.y, opened.view.x, opened.view.fit) == (20, 30, False)
        assert screen(user)((30 - 4.5, 20), DOUBTFUL) > 5
        user.ctx.item_click("//Panels/**/###box 0")
        user.ctx.yield_(2)
        assert in_file(user).boxes == {(feature.id, 11): frozenset({(20, 30)})}
        assert user.session.active.z == 9
        assert (11, 20, 30) not in {(p.z, p.y, p.x) for p in search(user).places}
        user.press("Ctrl+Z")
        assert in_file(user).boxes == {}
        assert (11, 20, 30) in {(p.z, p.y, p.x) for p in search(user).places}

    open_window(steps, [tomogram], client=DoubtfulClient)


def test_only_the_chosen_slices_are_searched(open_window, tomogram):
    def steps(user):
        begin_here(user)
        load_one(user)
        user.ctx.item_input_value("//Panels/**/###from", 3)
        user.ctx.item_input_value("//Panels/**/###to", 5)
        found = search(user)
        assert {place.z for place in found.places} == {2, 4}

    open_window(steps, [tomogram], client=DoubtfulClient)


def test_each_tomogram_has_the_range_of_its_own_slices(open_window, tomogram, tmp_path):
    longer = write_volume(tmp_path / "longer.mrc", np.tile(gradient(), (2, 1, 1)))

    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        begin_here(user)
        load_one(user)
        user.ctx.item_input_value("//Panels/**/###to", 5)
        user.press("Down")
        user.wait_until_shown()
        assert user.session.active.shape[0] == 2 * SHAPE[0]
        user.press("1")
        begin_here(user)
        user.press("2")
        assert max(place.z for place in search(user).places) == 2 * SHAPE[0] - 1
        user.press("Up")
        user.wait_until_shown()
        assert max(place.z for place in search(user).places) == 4

    open_window(steps, [tomogram, longer], client=DoubtfulClient)


def test_places_stay_where_the_models_are_saved(open_window, tomogram, tmp_path):
    there, other = tmp_path / "there", tmp_path / "other"
    there.mkdir()
    other.mkdir()
    path = write_model(there, name="Membrane")

    def steps(user):
        begin_here(user)
        user.do(lambda: user.window.program.open((path,)))
        user.wait_for(lambda: user.session.models)
        found = search(user)
        assert found.places
        user.ctx.menu_click("//##MainMenuBar/File/###save-group")
        save_as(user, str(other / "cell.scnmgroup"))
        save_as(user)
        user.wait_for((other / "cell.scnmgroup").is_file)
        user.wait_for(lambda: not user.session.jobs)
        (model,) = user.session.models
        assert Path(model.ref.path).parent == other
        assert advice.current(user.session) is found
        user.do(
            lambda: user.session.requests.append(
                files.write(user.session, model, there / "new.scnm")
            )
        )
        user.wait_for(lambda: model.ref.path == str(there / "new.scnm"))
        assert advice.current(user.session) is found

    open_window(steps, [tomogram], client=DoubtfulClient)


def test_places_are_gone_with_the_models_that_were_in_doubt(open_window, tomogram):
    def steps(user):
        begin_here(user)
        model = load_one(user)
        search(user)
        assert user.ctx.item_exists("//Panels/**/###place 0")
        user.do(lambda: model_list.set_display(model, replace(model.display, active=False)))
        user.ctx.yield_(2)
        assert not user.ctx.item_exists("//Panels/**/###place 0")
        assert not is_enabled(user, SEARCH)
        user.do(lambda: model_list.set_display(model, replace(model.display, active=True)))
        user.ctx.yield_(2)
        assert user.ctx.item_exists("//Panels/**/###place 0")
        other = load(user, "Other", (0.0, 1.0, 0.0))
        user.ctx.yield_(2)
        assert user.session.models[-1] is other
        assert not user.ctx.item_exists("//Panels/**/###place 0")

    open_window(steps, [tomogram], client=DoubtfulClient)


def test_a_search_can_be_cancelled(open_window, tomogram):
    def steps(user):
        begin_here(user)
        load_one(user)
        (client,) = user.clients
        client.at_once = False
        user.ctx.item_click(SEARCH)
        user.wait_for(lambda: user.session.slice_batches)
        user.ctx.yield_(3)
        assert not is_enabled(user, SEARCH)
        user.session.jobs[0].cancelled = True
        user.wait_for(lambda: not user.session.jobs and not user.session.slice_batches)
        user.ctx.yield_(3)
        assert is_enabled(user, SEARCH)
        assert user.session.advice is None
        assert user.session.notices == []

    open_window(steps, [tomogram], client=DoubtfulClient)


class SureClient(FakeClient):
    def answer(self, request):
        values = np.ones(SHAPE[1:], np.float32)
        self.replies += [Band(request, 0, values), SliceDone(request, 0.1, ())]
        self.wake()


def test_models_without_doubt_say_so(open_window, tomogram):
    def steps(user):
        begin_here(user)
        load_one(user)
        assert search(user).places == ()
        assert "no box" in user.session.notices[0].sentence

    open_window(steps, [tomogram], client=SureClient)


def test_the_command_searches_the_whole_tomogram(open_window, tomogram):
    def steps(user):
        begin_here(user)
        load_one(user)
        user.press("1")
        user.ctx.menu_click("//##MainMenuBar/Edit/###search-doubt")
        user.wait_for(lambda: user.session.advice is not None)
        assert user.session.stage == "Models"
        assert user.session.advice.places[0].z == SHAPE[0] - 1

    open_window(steps, [tomogram], client=DoubtfulClient)
