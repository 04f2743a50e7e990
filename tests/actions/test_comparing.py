"""Two models compared without a window: the parts in their colours, Dice slice by slice, and its ends."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from scseg.actions import undo
from scseg.actions.annotation import changes, cropping
from scseg.actions.models import comparing, model_list
from scseg.actions.tomograms import closing
from scseg.actions.view import browsing, view
from scseg.annotations import steps
from scseg.compute.messages import Band, SliceDone
from scseg.runtime.comparing import BOTH, ONLY_FIRST, ONLY_SECOND
from scseg.runtime.saving.user_files import new_session
from scseg.state.panel_layout import Stage
from tests.fakes.annotated import MEMBRANE, annotate_active
from tests.fakes.client import FakeClient
from tests.fakes.gradient import SHAPE, gradient, write_volume
from tests.fakes.headless import Questions, headless, nobody, step_until
from tests.fakes.models import write_model

ROWS = {"Membrane": slice(8, 14), "Other": slice(10, 20)}
"""What each model finds on every slice."""


class TwoModels(FakeClient):
    """Answers for each model with its rows, in two bands."""

    def answer(self, request):
        values = np.zeros(SHAPE[1:], np.float32)
        values[next(rows for name, rows in ROWS.items() if name in request.model.path)] = 0.8
        self.replies += [Band(request, 0, values[:20]), Band(request, 20, values[20:])]
        self.replies.append(SliceDone(request, 0.1, ()))
        self.wake()


@pytest.fixture
def program(tmp_path):
    files = [write_volume(tmp_path / "gradient.mrc", gradient())]
    files += [write_model(tmp_path, name=name) for name in ROWS]
    program = headless(new_session(), Questions(), lambda: TwoModels(nobody))
    try:
        program.open(tuple(files))
        session = program.session
        step_until(program, lambda: len(session.models) == 2 and session.active is not None)
        step_until(program, lambda: session.active.annotation is not None)
        view.set_stage(session, Stage.MODELS)
        yield program
    finally:
        program.close()


def compare(program):
    session = program.session
    first, second = sorted(session.models, key=lambda model: model.display.name)
    comparing.start(session, first, second)
    step_until(program, lambda: program.on_screen.compared)
    return first, second


def rows_in(program, colour):
    """Return the rows of the slice that are in a colour."""
    (part,) = [each for each in program.on_screen.compared if each.colour == colour]
    assert set(np.unique(part.prediction.values)) <= {0.0, 1.0}
    return set(np.flatnonzero(part.prediction.values.all(axis=1)).tolist())


def settled(program):
    step_until(program, lambda: program.predictor.settled)
    program.step()


def test_the_slice_shows_what_both_find_and_what_only_one_does(program):
    compare(program)
    settled(program)
    assert rows_in(program, BOTH) == set(range(10, 14))
    assert rows_in(program, ONLY_FIRST) == {8, 9}
    assert rows_in(program, ONLY_SECOND) == set(range(14, 20))


def test_it_follows_thresholds_and_computes_nothing_twice(program):
    _, second = compare(program)
    settled(program)
    before = program.on_screen.compared
    program.step()
    assert program.on_screen.compared is before
    model_list.set_display(second, replace(second.display, threshold=0.9))
    program.step()
    assert rows_in(program, BOTH) == set()
    assert rows_in(program, ONLY_FIRST) == set(range(8, 14))


def test_what_one_has_not_predicted_yet_is_in_no_colour(program):
    session = program.session
    compare(program)
    settled(program)
    client = program.predictor._client
    client.at_once = False
    browsing.set_slice(session, 2)
    step_until(program, lambda: client.wanted[-1])
    first = next(each for each in client.wanted[-1] if each.z == 2)
    client.answer(first)
    step_until(program, lambda: program.on_screen.shown.image.key.z == 2)
    program.step()
    assert not any(part.prediction.values.any() for part in program.on_screen.compared)


def test_elsewhere_than_among_models_nothing_is_compared(program):
    compare(program)
    view.set_stage(program.session, Stage.SEGMENTATION)
    program.step()
    assert program.on_screen.compared == ()


def test_a_hidden_model_is_told(program):
    first, _ = compare(program)
    assert comparing.hindrance(program.session) == ""
    model_list.set_display(first, replace(first.display, show=False))
    program.step()
    assert program.on_screen.compared == ()
    assert "Membrane" in comparing.hindrance(program.session)


def test_models_of_one_name_are_told_apart(program):
    first, second = compare(program)
    session = program.session
    assert comparing.names(session, (first, second)) == ("Membrane", "Other")
    model_list.set_display(second, replace(second.display, name="Membrane", show=False))
    places = [session.models.index(model) + 1 for model in (first, second)]
    names = comparing.names(session, (first, second))
    assert names == tuple(f"Membrane, model {place}" for place in places)
    assert names[1] in comparing.hindrance(session)


def test_a_model_that_is_removed_ends_it_until_undo(program):
    first, _ = compare(program)
    model_list.remove(program.session, first)
    program.step()
    assert comparing.compared(program.session) is None
    assert program.on_screen.compared == ()
    undo.undo(program.session)
    step_until(program, lambda: program.on_screen.compared)
    comparing.stop(program.session)
    program.step()
    assert program.on_screen.compared == ()


def membrane(session):
    return next(each for each in session.active.features if each.id == MEMBRANE.id)


def measure(program):
    session = program.session
    annotate_active(session)
    mask = np.zeros(SHAPE[1:], np.uint8)
    mask[10:20, :30], mask[:, 30:] = 1, 2
    contents = session.active.annotation.contents
    step = steps.change_masks(contents, MEMBRANE.id, {3: mask}, "draw")
    changes.apply_step(session, session.active, step)
    assert comparing.measuring_obstacle(session, session.active, membrane(session)) == ""
    comparing.measure(session, session.active, membrane(session))
    assert session.comparison.measuring


def test_dice_is_told_for_every_slice_where_the_feature_is_drawn(program):
    compare(program)
    measure(program)
    session = program.session
    step_until(program, lambda: session.comparison.measured is not None)
    found = session.comparison.measured
    third, sixth = found.slices
    assert (third.z, sixth.z) == (3, 6)
    # Rows 10 to 19 are drawn on slice 3, in its left half; the rest is ignored.
    assert third.first == pytest.approx(2 * 4 / (6 + 10))
    assert third.second == pytest.approx(1.0)
    # Rows 10 to 13 are on slice 6.
    assert sixth.first == pytest.approx(2 * 4 / (6 + 4))
    assert sixth.second == pytest.approx(2 * 4 / (10 + 4))
    assert not session.comparison.measuring
    assert not comparing.is_stale(session, found)
    undo.undo(session)
    assert comparing.is_stale(session, found)


def cut(program, **ends):
    opened = program.session.active
    cropping.edit(program.session, opened, replace(opened.crop, enabled=True, **ends))


def measured(program):
    measure(program)
    step_until(program, lambda: program.session.comparison.measured is not None)
    return program.session.comparison.measured


def test_slices_outside_of_the_crop_are_left_out(program):
    compare(program)
    cut(program, z0=0, z1=5)
    assert [each.z for each in measured(program).slices] == [3]
    cut(program, z0=0, z1=2)
    opened = program.session.active
    told = comparing.measuring_obstacle(program.session, opened, membrane(program.session))
    assert "crop" in told
    comparing.measure(program.session, opened, membrane(program.session))
    assert not program.session.comparison.measuring


def test_whatever_changes_the_masks_makes_the_numbers_old(program):
    first, _ = compare(program)
    found, session = measured(program), program.session
    for change in ({"overlap": 0.4}, {"averaging": 4}, {"threshold": 0.7}):
        before = first.display
        model_list.set_display(first, replace(before, **change))
        assert comparing.is_stale(session, found)
        model_list.set_display(first, before)
        assert not comparing.is_stale(session, found)
    cut(program, y0=3)
    assert comparing.is_stale(session, found)


def test_another_that_competes_makes_the_numbers_old(program, tmp_path):
    first, _ = compare(program)
    session = program.session
    first.interaction = replace(first.interaction, absorb=True)
    program.open((write_model(tmp_path, name="Membrane3"),))
    step_until(program, lambda: len(session.models) == 3)
    third = session.models[-1]
    found = measured(program)
    third.interaction = replace(third.interaction, emit=True)
    assert comparing.is_stale(session, found)


def test_an_annotation_that_was_opened_anew_is_another_one(program):
    compare(program)
    found, session = measured(program), program.session
    path = session.active.tomogram.path
    closing.close(session, session.active)
    step_until(program, lambda: not session.tomograms)
    assert not comparing.is_stale(session, found)
    program.open((path,))
    step_until(program, lambda: session.active and session.active.annotation is not None)
    session.active.annotation.revision = found.drawn[1]
    assert comparing.is_stale(session, found)


@pytest.mark.parametrize("end", ["cancel", "close", "stop", "remove"])
def test_what_goes_in_the_middle_leaves_nothing_behind(program, end):
    first, _ = compare(program)
    settled(program)
    client = program.predictor._client
    client.at_once = False
    measure(program)
    session = program.session
    step_until(program, lambda: session.jobs)
    if end == "cancel":
        session.jobs[0].cancelled = True
    elif end == "close":
        closing.close(session, session.active)
    elif end == "stop":
        comparing.stop(session)
    else:
        model_list.remove(session, first)
    client.at_once = True
    for request in client.wanted[-1]:
        client.answer(request)
    step_until(program, lambda: not session.jobs and not session.slice_batches)
    if end == "stop":
        assert session.comparison is None
    else:
        assert not session.comparison.measuring


def test_what_cannot_be_compared_tells_why(program):
    session = program.session
    untrained = model_list.new(session)
    assert "learnt nothing" in comparing.obstacle(untrained)
    first, second = session.models[:2]
    assert comparing.others(session, first) == [second]
    model_list.remove(session, second)
    assert comparing.others(session, first) == []
    assert comparing.hindrance(session) == ""


def lightness(colour):
    """Return the luminance of a colour, as relative to white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def test_the_colours_differ_in_lightness_for_all_eyes():
    found = sorted(map(lightness, (ONLY_FIRST, ONLY_SECOND, BOTH)))
    contrasts = [(high + 0.05) / (low + 0.05) for low, high in itertools.pairwise(found)]
    assert min(contrasts) > 1.5
