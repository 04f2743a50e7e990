"""Commands and the functions that change the session, without a window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from scseg.actions import notices
from scseg.actions.action import MENUS
from scseg.actions.commands import ACTIONS, action
from scseg.actions.models import model_list
from scseg.actions.tomograms import closing, listing, tomogram_list
from scseg.actions.view import browsing, view
from scseg.base.errors import ScsegError
from scseg.compute.messages import TomogramRef
from scseg.models.description import ModelDescription
from scseg.models.display_settings import DisplaySettings
from scseg.state.notices import Job
from scseg.state.requests import FilesToOpen, OpenPaths, Quit, RestartPrediction
from scseg.state.session import Session
from scseg.state.settings import SCALES
from scseg.state.tomograms import Contrast, View


@dataclass(frozen=True, eq=False)
class Volume:
    path: Path
    shape: tuple[int, int, int] = (20, 8, 9)
    apix: float | None = 10.0
    warnings: tuple[str, ...] = ()

    @property
    def voxels(self):
        return np.zeros(self.shape, np.int8)


def add(session, name="a", signed=None, **volume):
    path = Path("/data") / name
    ref = TomogramRef(str(path), None, signed, 0)
    return tomogram_list.add(session, Volume(path, **volume), ref)


def description(name="Membrane", weights="0"):
    return ModelDescription(
        name=name,
        colour=(0.2, 0.8, 0.6),
        architecture="VGGNet",
        box_size=64,
        depth=1,
        apix=13.92,
        parameters=1493059,
        loss=0.0084,
        normalisation="",
        weights_sha256=weights,
        training_set_sha256="",
        program="",
        epochs_trained=1,
        display=DisplaySettings(alpha=0.7, threshold=0.4, overlap=0.3),
    )


@pytest.fixture
def session():
    return Session()


# The table


def test_ids_and_keys_are_unique():
    ids = [each.id for each in ACTIONS]
    keys = [key for each in ACTIONS for key in each.shortcuts]
    assert len(set(ids)) == len(ids)
    assert len(set(keys)) == len(keys)


def test_every_command_runs_on_an_empty_and_on_a_full_session():
    for full in (False, True):
        for each in ACTIONS:
            session = Session()
            if full:
                add(session)
                model_list.add(session, Path("/m.scnm"), description())
                session.notify("info", "hello")
            if each.enabled(session):
                each.run(session)
            if each.checked is not None:
                assert isinstance(each.checked(session), bool)


def test_every_command_of_a_menu_explains_itself():
    for each in ACTIONS:
        assert each.menu is None or each.menu in MENUS
        assert each.label
        if each.menu:
            assert each.tooltip.endswith(".")


@pytest.mark.parametrize(
    ("name", "message"), [("restart-prediction", RestartPrediction()), ("quit", Quit())]
)
def test_commands_that_reach_out_of_the_session_leave_it_to_the_program(session, name, message):
    action(name).run(session)
    assert session.requests == [message]


@pytest.mark.parametrize(("name", "kind"), [("open", "tomogram"), ("load-model", "model")])
def test_commands_that_open_files_ask_for_them_first(session, name, kind):
    action(name).run(session)
    (workflow,) = session.requests
    session.requests.clear()
    assert next(workflow) == FilesToOpen(kind)
    with pytest.raises(StopIteration):
        workflow.send((Path("/data/a"),))
    assert session.requests == [OpenPaths((Path("/data/a"),))]


def test_commands_on_a_tomogram_wait_for_one(session):
    for name in ("close", "fit", "invert", "next-slice", "zoom-in"):
        assert not action(name).enabled(session)
    add(session)
    for name in ("close", "fit", "invert", "next-slice", "zoom-in"):
        assert action(name).enabled(session)


@pytest.mark.parametrize(
    ("name", "field"),
    [("invert", "inverted"), ("auto-contrast", "auto"), ("interpolate", "interpolate")],
)
def test_toggles_toggle_and_tell_their_state(session, name, field):
    opened = add(session)
    before = getattr(opened.contrast, field)
    action(name).run(session)
    assert getattr(opened.contrast, field) is not before
    assert action(name).checked(session) is not before
    action(name).run(session)
    assert getattr(opened.contrast, field) is before


# Tomograms


def test_a_new_tomogram_is_shown_at_its_middle_and_remembered(session):
    opened = add(session, "a.mrc", warnings=("odd header",))
    assert session.active is opened
    assert opened.z == 10
    assert session.settings.recent == ("/data/a.mrc",)
    assert [(each.level, each.sentence) for each in session.notices] == [("warning", "odd header")]


def test_the_same_file_again_keeps_what_the_user_set(session):
    first = add(session, "a.mrc", apix=None)
    add(session, "b.mrc")
    tomogram_list.set_apix(first, 13.92)
    first.z, first.view = 3, View(1, 2, 3, fit=False)
    first.contrast = Contrast(5.0, 6.0, auto=False, inverted=True)
    contrast, shown = first.contrast, first.view
    again = add(session, "a.mrc", signed=False, apix=None)
    assert again is first
    assert [each.name for each in session.tomograms] == ["a.mrc", "b.mrc"]
    assert session.active is again
    assert (again.apix, again.ref.signed, again.z, again.view) == (13.92, False, 3, shown)
    assert again.contrast == replace(contrast, auto=True)


def test_the_same_file_with_another_shape_starts_over(session):
    first = add(session, "a.mrc")
    first.z = 19
    assert add(session, "a.mrc", shape=(4, 8, 9)).z == 2


@pytest.mark.parametrize(("closed", "shown"), [(0, "b"), (1, "c"), (2, "b")])
def test_after_closing_its_neighbour_is_shown(session, closed, shown):
    opened = [add(session, name) for name in "abc"]
    tomogram_list.activate(session, opened[closed])
    closing.close(session, opened[closed])
    assert session.active.name == shown


def test_closing_another_or_the_last_one(session):
    first, second = add(session, "a"), add(session, "b")
    closing.close(session, first)
    assert session.active is second
    closing.close(session, second)
    assert session.active is None


def test_browsing_stays_inside_and_tells_its_direction(session):
    opened = add(session)
    browsing.step_slice(session, 100)
    assert (opened.z, opened.direction) == (19, 1)
    browsing.step_slice(session, -1)
    assert (opened.z, opened.direction) == (18, -1)
    browsing.set_slice(session, -5)
    assert opened.z == 0


def test_stepping_through_tomograms_stops_at_the_ends(session):
    for name in "abc":
        add(session, name)
    listing.step_tomogram(session, 1)
    assert session.active.name == "c"
    listing.step_tomogram(session, -1)
    assert session.active.name == "b"
    listing.step_tomogram(session, -5)
    assert session.active.name == "a"


@pytest.mark.parametrize("apix", [0.0, -1.0, 1e5, float("nan"), float("inf")])
def test_implausible_pixel_sizes_are_refused(session, apix):
    opened = add(session, apix=None)
    with pytest.raises(ScsegError, match="plausible"):
        tomogram_list.set_apix(opened, apix)
    assert opened.apix is None


def test_an_unknown_pixel_size_is_asked_for_until_it_is_answered(session):
    opened = add(session, apix=None)
    assert opened.apix_is_wanted
    tomogram_list.leave_apix_unknown(opened)
    assert not opened.apix_is_wanted
    tomogram_list.set_apix(opened, 5.0)
    assert opened.apix == 5.0
    tomogram_list.set_apix(opened, None)
    assert opened.apix is None
    assert not opened.apix_is_wanted


def test_the_users_pixel_size_overrides_the_files(session):
    opened = add(session, apix=10.0)
    tomogram_list.set_apix(opened, 12.0)
    assert (opened.apix, opened.ref.apix) == (12.0, 12.0)
    tomogram_list.set_apix(opened, None)
    assert (opened.apix, opened.ref.apix) == (10.0, None)


def test_reading_bytes_with_another_sign_opens_the_file_again(session):
    opened = add(session, "a.mrc")
    tomogram_list.read_bytes_as(session, opened, signed=False)
    assert session.requests == [OpenPaths((Path("/data/a.mrc"),), signed=False)]


# View


def test_zoom_has_limits_and_ends_fitting(session):
    opened = add(session)
    for _ in range(100):
        action("zoom-in").run(session)
    assert opened.view.zoom == view.LARGEST_ZOOM
    assert not opened.view.fit
    for _ in range(200):
        action("zoom-out").run(session)
    assert opened.view.zoom == view.SMALLEST_ZOOM
    action("zoom-one-to-one").run(session)
    assert opened.view.zoom == 1.0
    action("fit").run(session)
    assert opened.view.fit


def test_scale_steps_stay_in_the_list(session):
    for _ in range(20):
        view.step_scale(session, 1)
    assert session.settings.scale == SCALES[-1]
    assert not action("larger").enabled(session)
    for _ in range(20):
        view.step_scale(session, -1)
    assert session.settings.scale == SCALES[0]
    assert not action("smaller").enabled(session)


# Models


def test_a_model_starts_as_its_file_says(session):
    model = model_list.add(session, Path("/m.scnm"), description())
    display = model.display
    assert (display.name, display.colour) == ("Membrane", (0.2, 0.8, 0.6))
    assert (display.alpha, display.threshold, display.overlap) == (0.7, 0.4, 0.3)
    assert (display.active, display.show) == (True, True)
    assert model.ref.weights_sha256 == "0"


def test_new_weights_of_a_loaded_model_keep_its_settings(session):
    model = model_list.add(session, Path("/m.scnm"), description())
    model_list.set_display(model, replace(model.display, threshold=0.9))
    again = model_list.add(session, Path("/m.scnm"), description(weights="1"))
    assert again is model
    assert len(session.models) == 1
    assert (model.ref.weights_sha256, model.display.threshold) == ("1", 0.9)


def test_display_values_stay_in_their_ranges(session):
    model = model_list.add(session, Path("/m.scnm"), description())
    model_list.set_display(model, replace(model.display, alpha=7.0, overlap=0.9, threshold=-1.0))
    display = model.display
    assert (display.alpha, display.overlap, display.threshold) == (1.0, 0.67, 0.0)


def test_a_removed_model_is_gone(session):
    model = model_list.add(session, Path("/m.scnm"), description())
    name = model.display.name
    model_list.remove(session, model)
    assert session.models == []
    assert session.feedback.sentence == f"Removed {name}; Ctrl+Z brings it back"


# Notices and jobs


def test_notices_are_dismissed_one_by_one_or_all(session):
    for sentence in "abc":
        session.notify("info", sentence)
    notices.dismiss(session, session.notices[1])
    assert [each.sentence for each in session.notices] == ["a", "c"]
    notices.dismiss_all(session)
    assert session.notices == []


def test_cancelling_marks_the_job():
    job = Job("Opening")
    notices.cancel(job)
    assert job.cancelled
