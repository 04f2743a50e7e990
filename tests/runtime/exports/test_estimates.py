"""What the stage Export tells of an export before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from scseg.actions.exports import planning
from scseg.actions.view import view
from scseg.runtime.display import export_texts
from scseg.state.panel_layout import Stage
from tests.fakes.exporting import (
    files_in,
    finish,
    plan,
    start,
    use_fake_network,
    with_models,
    write_files,
)
from tests.fakes.headless import step_until
from tests.fakes.models import write_model


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    use_fake_network(monkeypatch)


def estimated(program):
    step_until(program, lambda: program.session.exports.estimated.estimate is not None)
    return program.session.exports.estimated.estimate


@pytest.mark.parametrize("kind", ["int8", "float32", "mask"])
def test_files_and_bytes_are_those_that_are_written(tmp_path, kind):
    paths = write_files(tmp_path)
    with with_models(paths) as program:
        planning.set_slices(program.session.tomograms[0], 1, 3)
        plan(program.session, tmp_path / "deep" / "out", kind=kind)
        view.set_stage(program.session, Stage.EXPORT)
        found = estimated(program)
        assert not (tmp_path / "deep").exists()
        start(program)
        finish(program)
        volumes = {
            name: size
            for name, content in files_in(tmp_path / "deep" / "out").items()
            if (size := len(content)) and name.endswith(".mrc")
        }
        assert found.files == len(volumes) == 4
        assert found.nbytes == sum(volumes.values())
        step_until(program, lambda: program.session.exports.estimated.estimate.there == 4)
        lines, against = export_texts.estimate(program.session)
        assert "4 volumes are there already" in lines[1]
        assert against == ""


def test_the_time_is_told_once_the_models_were_seen_at_work(tmp_path):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        session = program.session
        step_until(program, lambda: program.on_screen.masks)
        view.set_stage(session, Stage.EXPORT)
        # The fake client says 0.1 s for each slice.
        step_until(
            program,
            lambda: (found := session.exports.estimated.estimate) and found.seconds is not None,
        )
        assert session.exports.estimated.estimate.seconds == pytest.approx(0.6)
        plan(session, tmp_path / "out", mode="whole")
        step_until(program, lambda: session.exports.estimated.estimate.seconds is None)
        assert "not known" in export_texts.estimate(session)[0][0]


def test_what_cannot_be_applied_is_told_before_the_start(tmp_path):
    t, _, _, _ = write_files(tmp_path)
    huge = write_model(tmp_path, name="huge", box_size=1024)
    with with_models((t, huge), rules=False) as program:
        view.set_stage(program.session, Stage.EXPORT)
        step_until(program, lambda: program.session.exports.estimated.trouble)
        assert "1024" in program.session.exports.estimated.trouble


def test_the_usual_folder_lies_beside_the_first_tomogram(tmp_path):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        assert planning.folder(program.session) == tmp_path / "predictions"
        plan(program.session, Path("/elsewhere"))
        assert planning.folder(program.session) == Path("/elsewhere")


def test_what_would_replace_a_volume_of_the_queue_is_told(tmp_path):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        session = program.session
        plan(session, tmp_path / "out")
        assert export_texts.replaced(session) == ""
        start(program)
        assert export_texts.replaced(session) == ""
        plan(session, tmp_path / "out", kind="mask")
        assert "replaces t__Membrane.mrc" in export_texts.replaced(session)
        finish(program)
        assert "replaces t__Membrane.mrc" in export_texts.replaced(session)
        plan(session, tmp_path / "elsewhere", kind="mask")
        assert export_texts.replaced(session) == ""
        plan(session, tmp_path / "out")
        planning.set_slices(session.tomograms[0], 1, 3)
        queue = start(program)
        assert [export_texts.what(each) for each in queue] == [
            "values, 1 byte",
            "mask, slices 2 to 4",
        ]
        finish(program)
