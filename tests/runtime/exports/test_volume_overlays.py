"""Written volumes over their tomogram: the values of the file, where they belong."""

from __future__ import annotations

from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.actions.exports import overlays, planning
from scseg.actions.tomograms import closing
from scseg.actions.view import browsing
from scseg.runtime.display.scene import Screen, scene_of, visible_masks
from tests.fakes.exporting import (
    finish,
    plan,
    start,
    use_fake_network,
    with_models,
    write_files,
)
from tests.fakes.headless import step_until

SCREEN = Screen((300.0, 200.0), 1.0, 1.0, (0.0, 0.0, 0.0))


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    use_fake_network(monkeypatch)


def exported(program, folder, **changes):
    plan(program.session, folder, **changes)
    start(program)
    finish(program)
    return program.session.exports.queue[-1]


def show(program, export, number=0):
    overlays.toggle(program.session, export, number)
    step_until(program, lambda: overlays.of_active(program.session))
    return overlays.find(program.session, export.volumes[number])


def shown_values(program, z):
    """Go to a slice; return what of the volume is shown there."""
    session = program.session
    browsing.set_slice(session, z)

    def is_there():
        shown = program.on_screen.shown
        return (
            shown
            and shown.opened is session.active
            and shown.image.key.z == z
            and program.on_screen.volumes
        )

    step_until(program, is_there)
    return program.on_screen.volumes[0].prediction.values


@pytest.mark.parametrize(("kind", "step"), [("int8", 127.0), ("float32", 1.0), ("mask", 1.0)])
def test_a_volume_shows_the_values_of_its_file_on_its_slices(tmp_path, kind, step):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        planning.set_slices(program.session.tomograms[0], 2, 4)
        export = exported(program, tmp_path / "out", kind=kind)
        overlay = show(program, export)
        assert overlay.display.name == "Membrane"
        assert overlay.display.colour == program.session.models[0].display.colour
        with mrcfile.open(export.volumes[0]) as file:
            written = np.array(file.data)
        for z in (2, 3, 4):
            expected = written[z - 2].astype(np.float32) / step
            np.testing.assert_allclose(shown_values(program, z), expected, atol=1e-7)
        browsing.set_slice(program.session, 0)
        step_until(program, lambda: program.on_screen.shown.image.key.z == 0)
        assert program.on_screen.volumes == ()
        overlays.toggle(program.session, export, 0)
        assert program.session.volumes.open == []


def test_live_predictions_are_drawn_beside_it_or_not(tmp_path):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        session = program.session
        export = exported(program, tmp_path / "out")
        overlay = show(program, export)
        shown_values(program, 3)
        step_until(program, lambda: program.on_screen.masks)
        drawn = [each.source for each in scene_of(session, program.on_screen, SCREEN).overlays]
        assert drawn == [session.models[0].id, overlay.id]
        overlays.set_alone(session, alone=True)
        assert visible_masks(session, program.on_screen) == []
        drawn = [each.source for each in scene_of(session, program.on_screen, SCREEN).overlays]
        assert drawn == [overlay.id]
        overlays.close(session, overlay)
        assert visible_masks(session, program.on_screen) != []


def test_a_click_opens_the_tomogram_that_is_closed(tmp_path):
    t, u, a, _ = write_files(tmp_path)
    with with_models((t, u, a), rules=False) as program:
        session = program.session
        export = exported(program, tmp_path / "out")
        closing.close(session, next(each for each in session.tomograms if each.ref.path == str(u)))
        overlays.toggle(session, export, 0)
        step_until(program, lambda: len(session.tomograms) == 2)
        step_until(program, lambda: overlays.of_active(session))
        assert session.active.ref.path == str(u)


def test_with_its_tomogram_it_is_closed(tmp_path):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        show(program, exported(program, tmp_path / "out"))
        closing.close_all(program.session)
        assert program.session.volumes.open == []


def test_a_volume_whose_file_is_gone_is_told_and_closed(tmp_path):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        export = exported(program, tmp_path / "out")
        show(program, export)
        shown_values(program, 1)
        Path(export.volumes[0]).unlink()
        browsing.set_slice(program.session, 5)
        step_until(program, lambda: not program.session.volumes.open)
        assert "t__Membrane.mrc" in program.session.notices[-1].sentence


@pytest.mark.parametrize("other", ["foreign", "smaller"])
def test_what_is_no_volume_of_this_tomogram_is_refused(tmp_path, other):
    t, _, a, _ = write_files(tmp_path)
    with with_models((t, a), rules=False) as program:
        export = exported(program, tmp_path / "out")
        path = Path(export.volumes[0])
        if other == "foreign":
            path.write_bytes(t.read_bytes())
        else:
            with mrcfile.open(path, "r+") as file:
                file.set_data(np.zeros((6, 30, 60), np.int8))
        overlays.toggle(program.session, export, 0)
        step_until(program, lambda: program.session.notices[-1].level == "error")
        told = {"foreign": "is no volume of predictions", "smaller": "does not lie on t.mrc"}[other]
        assert told in program.session.notices[-1].sentence
        assert program.session.volumes.open == []
