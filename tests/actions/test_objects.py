"""Objects and picks without a window: what becomes of them at each end, and of work on the way."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from scseg.actions.annotation import features
from scseg.actions.objects import (
    curating,
    finding,
    measuring,
    picking,
    positions,
    to_feature,
)
from scseg.actions.objects import source as sources
from scseg.actions.tomograms import closing
from scseg.annotations.picked import NO_PICKS
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.read_only import read_annotation
from scseg.objects.picking import PickSettings
from scseg.objects.picks import Picks
from scseg.state.objects import Keeping
from tests.fakes import balls
from tests.fakes.headless import running, step_until


@pytest.fixture
def cell(tmp_path):
    return balls.write_tomogram(tmp_path)


@pytest.fixture
def program(cell):
    with running([cell]) as program:
        step_until(program, lambda: program.session.active is not None)
        step_until(program, lambda: program.session.active.annotation is not None)
        yield program


@pytest.fixture
def opened(program):
    return program.session.active


def use(program, path):
    opened = program.session.active
    sources.use_volume(program.session, opened, path, 0.5)
    step_until(program, lambda: opened.objects.source is not None)


def find(program):
    opened = program.session.active
    finding.find(program.session, opened)
    step_until(program, lambda: opened.objects.found is not None and not opened.objects.at_work)


def slow(monkeypatch, where, name):
    """Let a function wait, as its work takes long, until the returned event is set or it is cancelled."""
    go_on, begun = threading.Event(), threading.Event()
    original = getattr(where, name)

    def waits(*arguments, report, **more):
        begun.set()
        while not go_on.wait(0.01):
            report(0.5, "waiting")
        return original(*arguments, report=report, **more)

    monkeypatch.setattr(where, name, waits)
    return go_on, begun


def test_a_job_that_is_cancelled_leaves_all_as_it_was(program, opened, tmp_path, monkeypatch):
    use(program, balls.write_mask(tmp_path))
    _, begun = slow(monkeypatch, finding, "find_objects")
    finding.find(program.session, opened)
    step_until(program, begun.is_set)
    assert "Finding objects" in finding.obstacle(opened)
    (job,) = program.session.jobs
    job.cancelled = True
    step_until(program, lambda: not program.session.jobs)
    assert opened.objects.found is None
    assert finding.obstacle(opened) == ""


def test_a_tomogram_that_is_closed_meanwhile_is_let_go(program, opened, tmp_path, monkeypatch):
    use(program, balls.write_mask(tmp_path))
    go_on, begun = slow(monkeypatch, finding, "find_objects")
    finding.find(program.session, opened)
    step_until(program, begun.is_set)
    closing.close(program.session, opened)
    go_on.set()
    step_until(program, lambda: not program.session.jobs)
    assert opened.objects.found is None
    assert not [each for each in program.session.notices if each.level == "error"]


def test_the_end_of_the_program_waits_for_no_objects(cell, tmp_path, monkeypatch):
    with running([cell]) as program:
        step_until(program, lambda: program.session.active is not None)
        step_until(program, lambda: program.session.active.annotation is not None)
        use(program, balls.write_mask(tmp_path))
        _, begun = slow(monkeypatch, finding, "find_objects")
        finding.find(program.session, program.session.active)
        step_until(program, begun.is_set)
    assert not [each for each in threading.enumerate() if "Finding" in each.name]


def test_a_volume_that_vanishes_is_told(program, opened, tmp_path):
    mask = balls.write_mask(tmp_path)
    use(program, mask)
    mask.unlink()
    finding.find(program.session, opened)
    step_until(program, lambda: program.session.notices and not program.session.jobs)
    assert "mask.mrc" in program.session.notices[0].sentence
    assert opened.objects.at_work == ""
    assert opened.objects.found is None


def test_one_work_at_a_time(program, opened, tmp_path):
    use(program, balls.write_mask(tmp_path))
    finding.find(program.session, opened)
    finding.find(program.session, opened)
    step_until(program, lambda: not program.session.jobs and opened.objects.found is not None)
    assert not program.session.jobs


def test_objects_are_stale_when_what_they_are_of_has_changed(program, opened, tmp_path):
    use(program, balls.write_mask(tmp_path))
    find(program)
    assert not finding.is_stale(opened)
    features.add(program.session)
    assert not finding.is_stale(opened)
    sources.use(opened, sources.DrawnSource(opened.features[0].id))
    assert finding.is_stale(opened)


def test_objects_of_other_tomograms_make_room(program, opened, tmp_path, monkeypatch):
    mask = balls.write_mask(tmp_path)
    use(program, mask)
    find(program)
    monkeypatch.setattr(finding, "MOST_BYTES", opened.objects.found.objects.labels.nbytes)
    (tmp_path / "second").mkdir()
    program.open((balls.write_tomogram(tmp_path / "second"),))
    step_until(program, lambda: len(program.session.tomograms) == 2)
    second = program.session.tomograms[1]
    program.session.active = second
    step_until(program, lambda: second.annotation is not None)
    use(program, mask)
    find(program)
    assert second.objects.found is not None
    assert opened.objects.found is None


def test_without_a_voxel_size_it_is_asked_for(tmp_path):
    mask = balls.write_mask(tmp_path)
    with running([balls.write_tomogram(tmp_path, apix=0.0)]) as program:
        step_until(program, lambda: program.session.active is not None)
        opened = program.session.active
        step_until(program, lambda: opened.annotation is not None)
        use(program, mask)
        assert finding.obstacle(opened) == finding.NO_SIZE


def test_picks_of_a_second_window_cannot_be_changed(cell):
    other = open_annotation(cell, balls.SHAPE)
    try:
        with running([cell]) as program:
            step_until(program, lambda: program.session.active is not None)
            opened = program.session.active
            step_until(program, lambda: opened.annotation is not None)
            assert "close it there" in picking.may_not_change(program.session, opened)
            curating.add(program.session, opened, (5.0, 5.0))
            assert len(picking.picks_of(opened)) == 0
            assert program.session.notices
    finally:
        other.close()


def test_what_is_dragged_of_picks_is_kept_at_the_end(cell):
    with running([cell]) as program:
        step_until(program, lambda: program.session.active is not None)
        opened = program.session.active
        step_until(program, lambda: opened.annotation is not None)
        picks = Picks(np.array([[3.0, 4, 5], [6, 7, 8]]), np.array([0.9, 0.4]))
        picking.put(program.session, opened, picks, NO_PICKS)
        curating.set_least(opened, 0.5)
        curating.set_diameter(opened, 130.0)
    kept = read_annotation(cell, balls.SHAPE).picks
    assert (kept.least, kept.diameter, len(kept), len(kept.kept)) == (0.5, 130.0, 2, 1)


def test_a_pick_by_hand_is_surer_than_any_threshold(program, opened):
    picks = Picks(np.array([[3.0, 4, 5]]), np.array([12.5]))
    picking.put(program.session, opened, picks, NO_PICKS)
    curating.add(program.session, opened, (20.0, 30.0))
    assert picking.picks_of(opened).all.scores.tolist() == [12.5, 12.5]
    curating.remove(program.session, opened, 0)
    curating.remove(program.session, opened, 7)
    assert picking.picks_of(opened).all.positions.tolist() == [[opened.z, 20, 30]]


def test_the_ends_of_the_score_slider_leave_the_best_and_lose_none(program, opened):
    scores = np.array([0.9, 0.5, 0.1])
    picking.put(program.session, opened, Picks(np.ones((3, 3)), scores), NO_PICKS)
    for end, left in ((0.9, 1), (0.1, 3)):
        for rounded in (np.nextafter(np.float32(end), 1), np.nextafter(np.float32(end), 0)):
            curating.set_least(opened, float(rounded))
            assert len(picking.picks_of(opened).kept) == left


def test_a_pick_on_a_filament_belongs_to_it(program, opened):
    picks = Picks(
        np.array([[3.0, 4, 5], [3, 4, 15], [3, 40, 5], [3, 40, 15]]),
        np.ones(4),
        np.array([[0, 0, 1.0]] * 2 + [[0, 1.0, 0]] * 2),
        np.array([1, 1, 2, 2]),
    )
    picking.put(program.session, opened, picks, NO_PICKS)
    opened.z = 3
    curating.add(program.session, opened, (5.0, 10.0))
    found = picking.picks_of(opened).all
    assert found.filaments.tolist() == [1, 1, 1, 2, 2]
    assert found.positions[1].tolist() == [3, 5, 10]
    assert found.directions[1].tolist() == [0, 0, 1]


def test_discs_are_sections_of_balls_and_spare_what_is_drawn():
    discs = to_feature.Discs(np.array([[10.0, 20, 30]]), (4.0, 5.0, 5.0))
    assert discs.slices(30) == list(range(6, 15))
    z, y, x = np.indices(balls.SHAPE)
    wanted = ((z - 10) / 4) ** 2 + ((y - 20) / 5) ** 2 + ((x - 30) / 5) ** 2 <= 1 + 1e-9
    for number in range(balls.SHAPE[0]):
        mask = np.zeros(balls.SHAPE[1:], np.uint8)
        mask[20, 30] = 2
        discs.drawn_on(mask, number)
        expected = wanted[number].copy()
        expected[20, 30] = False
        assert np.array_equal(mask == 1, expected)
        assert mask[20, 30] == 2


def test_positions_at_the_edges_and_beyond(program, opened, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("x,y,z,score\n0,0,0,0.5\n79.4,59.4,29.4,0.25\n80,5,5,1\n")
    program.session.requests.append(positions.open_file(program.session, opened, path))
    step_until(program, lambda: len(picking.picks_of(opened)))
    picked = picking.picks_of(opened)
    assert picked.all.scores.tolist() == [0.5, 0.25]
    to_feature.copy_as_boxes(program.session, opened, None)
    (feature,) = opened.features
    assert feature.name == "list"
    assert opened.annotation.boxes(feature.id) == ((0, 0, 0), (29, 59, 79))


def test_labels_of_objects_are_measured_by_their_own_numbers(program, opened, tmp_path):
    labels = np.zeros(balls.SHAPE, np.int16)
    for number, ball in zip((70, 20, 50, 30), balls.BALLS, strict=True):
        labels[balls.balls(which=[ball])] = number
    use(program, balls.write(tmp_path / "labels.mrc", labels))
    sources.set_meaning(opened, opened.objects.source.meaning, are_objects=True)
    find(program)
    finding.set_keeping(opened, Keeping(1000.0))
    sources.use_as_other(opened, opened.objects.source)
    measuring.start(program.session, opened)
    step_until(program, lambda: opened.objects.measured is not None)
    assert [row.nearest_nm for row in opened.objects.measured.rows] == [0, 0, 0]
    assert [row.label for row in opened.objects.measured.rows] == [20, 50, 70]
    measuring.show(program.session, opened, 2)
    assert opened.z == balls.BALLS[0][0]
    chosen = opened.objects.found.objects.labels == opened.objects.chosen
    assert np.array_equal(chosen, labels == 70)
    picking.start(program.session, opened)
    step_until(program, lambda: len(picking.picks_of(opened)))
    assert len(picking.picks_of(opened)) == 3


def test_points_along_a_filament_keep_their_directions(program, opened, tmp_path):
    z, y, _ = np.indices(balls.SHAPE)
    tube = (z - 15) ** 2 + (y - 30) ** 2 <= 4**2
    use(program, balls.write(tmp_path / "tube.mrc", tube.astype(np.int8)))
    picking.set_picking(opened, PickSettings("filaments"))
    assert picking.obstacle(program.session, opened).startswith("Say how thick")
    picking.set_picking(opened, PickSettings("filaments", diameter=160.0))
    picking.start(program.session, opened)
    step_until(program, lambda: len(picking.picks_of(opened)))
    found = picking.picks_of(opened)
    assert found.along
    assert set(found.all.filaments.tolist()) == {1}
    assert (np.abs(found.all.directions[:, 2]) > 0.99).all()
    assert np.abs(found.all.positions[:, :2] - (15, 30)).max() < 0.5
    curating.clear(program.session, opened)
    assert len(picking.picks_of(opened)) == 0


def test_objects_that_are_all_too_small_cannot_be_measured(program, opened, tmp_path):
    use(program, balls.write_mask(tmp_path))
    find(program)
    kept = opened.objects.kept
    assert opened.objects.kept is kept, "it is found out once"
    finding.set_keeping(opened, Keeping(1e9))
    assert not opened.objects.kept.any()
    assert measuring.obstacle(opened) == "No object is left."


def test_no_boxes_come_to_a_feature_that_was_removed_meanwhile(program, opened, tmp_path):
    session = program.session
    features.add(session)
    (feature,) = opened.features
    (tmp_path / "list.txt").write_text("10 10 10\n")
    program._workflows._questions.files = (tmp_path / "list.txt",)
    positions.choose_boxes(session, opened, feature)
    features.remove(session, opened, feature)
    step_until(program, lambda: session.notices)
    assert "was removed meanwhile" in session.notices[-1].sentence
    assert opened.annotation.contents.boxes == {}
