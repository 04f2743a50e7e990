"""The queue of exports: the same bytes as the command line's, and nothing lost of what was begun."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg import api
from scseg.actions.annotation import cropping
from scseg.actions.exports import planning, queue, starting
from scseg.actions.models import interactions, model_list
from scseg.actions.tomograms import closing
from scseg.annotations.crop import Crop
from scseg.cli import main
from scseg.export import estimate
from scseg.interactions.group import Group, save_group
from scseg.interactions.rules import InteractionSettings
from scseg.persistence import kept_exports
from scseg.runtime.exports.batch_files import BatchFiles
from scseg.runtime.saving.user_files import new_session
from tests.fakes.exporting import (
    SECONDS,
    files_in,
    finish,
    plan,
    save_rules,
    start,
    use_fake_network,
    with_models,
    write_files,
)
from tests.fakes.headless import headless, step_until


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    """No export of another test, and a network that is a formula."""
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    use_fake_network(monkeypatch)


@pytest.fixture
def gate(tmp_path, monkeypatch):
    """Hold all networks until the file is there."""
    path = tmp_path / "gate"
    monkeypatch.setenv("SCSEG_FAKE_GATE", str(path))
    return path


def statuses(session):
    return [export.status for export in session.exports.queue]


def crop(session, opened):
    cropping.edit(session, opened, Crop(2, 5, 3, 31, 5, 41, enabled=True))
    cropping.commit(session, opened)


@pytest.mark.parametrize(
    ("changes", "options", "settings"),
    [
        ({}, (), {}),
        (
            {"kind": "float32", "mode": "whole", "averaging": 2},
            ("--type", "float32", "--mode", "whole", "--averaging", "2"),
            {"kind": "float32", "mode": "whole", "averaging": 2},
        ),
        ({"kind": "mask"}, ("--type", "mask"), {"kind": "mask"}),
    ],
)
def test_window_command_line_and_python_write_the_same_bytes(
    tmp_path, monkeypatch, changes, options, settings
):
    paths = write_files(tmp_path)
    with with_models(paths) as program:
        plan(program.session, tmp_path / "window", **changes)
        assert planning.counted(program.session) == 4
        start(program)
        finish(program)
        assert statuses(program.session) == ["done", "done"]
    monkeypatch.chdir(tmp_path)
    save_rules(tmp_path)
    arguments = ("segment", "t.mrc", "u.mrc", "--group", "g.scnmgroup", "-o", "line", *options)
    assert main.run(arguments) == 0
    api.segment(["t.mrc", "u.mrc"], "g.scnmgroup", "python", api.ExportSettings(**settings))
    written = files_in("window")
    assert len(written) == 8
    assert files_in("line") == written
    assert files_in("python") == written
    for name in written:
        if name.endswith(".mrc"):
            check_header(Path("window") / name)


def check_header(path):
    assert mrcfile.validate(path)
    with mrcfile.open(path) as file:
        values = file.data.astype(np.float64)
        assert file.header.dmin == values.min()
        assert file.header.dmax == values.max()
        assert file.header.dmean == pytest.approx(values.mean(), rel=1e-6)


def test_slices_and_crop_of_each_tomogram_are_written(tmp_path):
    t, u, a, _ = write_files(tmp_path)
    with with_models((t, u, a), rules=False) as program:
        first, second = program.session.tomograms
        planning.set_slices(first, 4, 1)
        crop(program.session, second)
        plan(program.session, tmp_path / "window")
        start(program)
        finish(program)
    line = tmp_path / "line"
    of_t = ("segment", str(t), "--model", str(a), "--slices", "1-4", "-o", str(line))
    of_u = ("segment", str(u), "--model", str(a), "--slices", "2-4", "--crop", "5,40,3,30")
    assert main.run(of_t) == 0
    assert main.run((*of_u, "-o", str(line))) == 0
    assert files_in(tmp_path / "window") == files_in(line)


def test_the_crop_can_be_left_out_of_account(tmp_path):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        (opened,) = program.session.tomograms
        crop(program.session, opened)
        assert planning.slices(program.session, opened) == range(2, 5)
        plan(program.session, tmp_path / "out", within_crop=False)
        assert planning.slices(program.session, opened) == range(6)
        assert planning.region(program.session, opened) is None


def test_a_model_that_is_not_written_acts_all_the_same(tmp_path):
    paths = write_files(tmp_path)
    with with_models(paths) as program:
        planning.tick_model(program.session, program.session.models[1])
        plan(program.session, tmp_path / "one")
        start(program)
        finish(program)
        planning.tick_model(program.session, program.session.models[1])
        plan(program.session, tmp_path / "both")
        start(program)
        finish(program)
    one, both = files_in(tmp_path / "one"), files_in(tmp_path / "both")
    assert set(one) == {name for name in both if "Membrane" in name}
    assert one == {name: both[name] for name in one}


def test_a_partner_that_is_not_active_on_a_tomogram_rests_there_alone(tmp_path):
    t, u, a, b = write_files(tmp_path)
    with with_models((t, u, a, b)) as program:
        session = program.session
        first, second = session.models
        display = replace(second.display, active_on={str(u): False})
        model_list.set_display(second, display)
        planning.tick_model(session, second)
        assert planning.acting_models(session, session.tomograms[0]) == [first, second]
        assert planning.acting_models(session, session.tomograms[1]) == [first]
        plan(session, tmp_path / "window")
        start(program)
        finish(program)
    save_group(Group({"a.scnm": InteractionSettings(absorb=True)}), tmp_path / "alone.scnmgroup")
    api.segment(u, tmp_path / "alone.scnmgroup", tmp_path / "python")
    expected = files_in(tmp_path / "python")
    written = files_in(tmp_path / "window")
    assert {name: written[name] for name in expected} == expected


def test_models_may_learn_on_while_they_wait(tmp_path, gate):
    t, _, a, _ = write_files(tmp_path)
    gate.touch()
    api.segment(t, a, tmp_path / "python")
    gate.unlink()
    expected = files_in(tmp_path / "python")
    with with_models((t, a), rules=False) as program:
        (model,) = program.session.models
        plan(program.session, tmp_path / "window")
        start(program)
        interactions.change(program.session, model, InteractionSettings(absorb=True))
        model_list.set_display(model, replace(model.display, name="other", overlap=0.5))
        a.with_suffix(".h5").write_bytes(b"other weights")
        a.unlink()
        gate.touch()
        finish(program)
    assert files_in(tmp_path / "window") == expected


def test_a_volume_that_is_there_is_kept_and_that_is_told(tmp_path):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        plan(program.session, tmp_path / "out")
        start(program)
        finish(program)
        before = (tmp_path / "out" / "t__Membrane.mrc").stat()
        start(program)
        finish(program)
        assert (tmp_path / "out" / "t__Membrane.mrc").stat().st_mtime_ns == before.st_mtime_ns
        assert "there already" in program.session.exports.queue[1].told


def test_of_a_cancelled_export_nothing_is_left_and_the_next_one_goes_on(tmp_path, gate):
    paths = write_files(tmp_path)
    with with_models(paths) as program:
        session = program.session
        plan(session, tmp_path / "out")
        start(program)
        step_until(program, lambda: session.exports.job and session.exports.job.text)
        running = session.exports.find(session.exports.running)
        queue.remove(session, running)
        assert running in session.exports.queue
        queue.cancel(session, running)
        gate.touch()
        finish(program)
        assert statuses(session) == ["cancelled", "done"]
        assert sorted(files_in(tmp_path / "out"))[0].startswith("u__")
        queue.retry(session, session.exports.queue[0])
        finish(program)
        assert statuses(session) == ["done", "done"]
        assert len(files_in(tmp_path / "out")) == 8
        queue.clear(session)
        assert session.exports.queue == ()


def test_what_waits_is_cancelled_where_it_stands(tmp_path, gate):
    paths = write_files(tmp_path)
    with with_models(paths) as program:
        session = program.session
        plan(session, tmp_path / "out")
        start(program)
        queue.cancel(session, session.exports.queue[1])
        gate.touch()
        finish(program)
        assert statuses(session) == ["done", "cancelled"]
        queue.clear(session)
        assert session.exports.queue == ()


def test_one_that_fails_is_told_and_the_others_are_done(tmp_path, gate):
    t, u, a, b = write_files(tmp_path)
    with with_models((t, u, a, b)) as program:
        session = program.session
        plan(session, tmp_path / "out")
        start(program)
        away = u.rename(tmp_path / "away.mrc")
        gate.touch()
        finish(program)
        assert statuses(session) == ["done", "failed"]
        assert "u.mrc" in session.exports.queue[1].told
        assert any("u.mrc was not exported" in notice.sentence for notice in session.notices)
        away.rename(u)
        queue.retry(session, session.exports.queue[1])
        finish(program)
        assert statuses(session) == ["done", "done"]


def test_a_closed_tomogram_is_exported_all_the_same(tmp_path, gate):
    t, u, a, b = write_files(tmp_path)
    with with_models((t, u, a, b)) as program:
        plan(program.session, tmp_path / "out")
        start(program)
        closing.close_all(program.session)
        gate.touch()
        finish(program)
        assert statuses(program.session) == ["done", "done"]


def test_what_the_end_of_the_program_leaves_the_next_start_goes_on_with(tmp_path, gate):
    paths = write_files(tmp_path, (40, 200, 200))
    with with_models(paths) as program:
        plan(program.session, tmp_path / "out")
        start(program)
        gate.touch()

        def has_begun():
            parts = (tmp_path / "out").glob(".t__*.scseg-part")
            return any(part.stat().st_size > 5 * 200 * 200 for part in parts)

        step_until(program, has_begun, SECONDS)
    left = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert left
    assert all(name.endswith(".scseg-part") for name in left)
    program = headless(new_session())
    try:
        step_until(program, lambda: program.session.exports.queue)
        assert (
            "2 exports of the queue go on where they were left"
            in program.session.notices[0].sentence
        )
        finish(program)
        assert statuses(program.session) == ["done", "done"]
    finally:
        program.close()
    save_rules(tmp_path)
    api.segment(paths[:2], tmp_path / "g.scnmgroup", tmp_path / "python")
    assert files_in(tmp_path / "out") == files_in(tmp_path / "python")


def test_done_exports_are_still_listed_after_a_restart_without_copies_of_models(tmp_path):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        plan(program.session, tmp_path / "out")
        (export,) = start(program)
        finish(program)
        done = program.session.exports.queue
    folder = kept_exports.batch_folder(export.batch)
    assert [path.name for path in folder.iterdir()] == ["exports.json"]
    program = headless(new_session())
    try:
        step_until(program, lambda: program.session.exports.queue == done)
        assert program.session.notices == []
        queue.clear(program.session)
    finally:
        program.close()
    assert not folder.exists()
    assert list(kept_exports.batch_folder("").iterdir()) == []


def test_two_windows_do_not_do_the_same_exports(tmp_path, gate):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        plan(program.session, tmp_path / "out")
        start(program)
        batch = program.session.exports.queue[0].batch
        step_until(program, lambda: kept_exports.record_path(batch).is_file())
        assert BatchFiles().take_left() == ()
        gate.touch()
        finish(program)
    other = BatchFiles()
    assert [export.status for export in other.take_left()] == ["done"]
    other.release_all()


def test_nothing_is_begun_that_the_disk_cannot_hold(tmp_path, monkeypatch):
    t, _, a, _ = write_files(tmp_path)
    usage = shutil.disk_usage(tmp_path)._replace(free=10_000)
    with with_models((t, a), rules=False) as program:
        plan(program.session, tmp_path / "out")
        monkeypatch.setattr(estimate.shutil, "disk_usage", lambda _: usage)
        starting.start(program.session)
        step_until(program, lambda: program.session.notices)
        assert "free some space" in program.session.notices[0].sentence
        assert program.session.exports.queue == ()
        assert list((tmp_path / "out").iterdir()) == []


def test_volumes_that_would_take_each_others_place_are_refused(tmp_path):
    t, _, a, b = write_files(tmp_path)
    with with_models((t, a, b), rules=False) as program:
        first, second = program.session.models
        model_list.set_display(second, replace(second.display, name=first.display.name))
        plan(program.session, tmp_path / "out")
        starting.start(program.session)
        step_until(program, lambda: program.session.notices)
        assert "would both be written as t__Membrane.mrc" in program.session.notices[0].sentence


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (closing.close_all, "Open a tomogram"),
        (lambda session: planning.tick_only(session, []), "Tick the tomograms"),
        (lambda session: session.models.clear(), "No model has learnt"),
        (
            lambda session: [planning.tick_model(session, model) for model in session.models],
            "Tick the models",
        ),
        (
            lambda session: setattr(session.tomograms[0], "vanished", True),
            "The file of t.mrc is gone",
        ),
    ],
)
def test_what_stands_in_the_way_is_told(tmp_path, prepare, told):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        assert planning.obstacle(program.session) == ""
        prepare(program.session)
        assert planning.obstacle(program.session).startswith(told)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("out", "{here}/out"), ("~/x", "{home}/x"), ("~no-such-user/x", "{here}/~no-such-user/x")],
)
def test_the_folder_stays_the_same_wherever_the_next_start_is(tmp_path, monkeypatch, said, meant):
    t, _, a, _ = write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "own"))
    with with_models((t, a), rules=False) as program:
        plan(program.session, said)
        (export,) = start(program)
        expected = meant.format(here=tmp_path, home=tmp_path / "own")
        assert export.folder == expected
        finish(program)
        assert (Path(expected) / "t__Membrane.mrc").is_file()
