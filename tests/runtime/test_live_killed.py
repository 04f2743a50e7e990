"""The program killed while it learns live: the drawing, the model and its set are there at the next start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from scseg.actions.annotation import features, strokes
from scseg.actions.training import live_sets, live_switch
from scseg.annotations.feature import Feature
from scseg.base.labels import FEATURE
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.models import unsaved_models
from scseg.models.files import open_model
from scseg.state.live_learning import learner_of
from tests.fakes.gradient import gradient, write_volume
from tests.fakes.headless import running, step_until
from tests.fakes.threads import wait_for

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to kill with")
MEMBRANE = Feature("Membrane", (0.2, 0.4, 0.9), brush_px=2.0, box_size=16)
Z, ROW, COLUMNS = 6, 12, (20, 40)
LEARNT = "learnt.txt"


def learn_until_killed(folder: Path) -> None:
    """Draw and learn for ever, and say once a model has learnt a stroke; runs in a process of its own."""
    with running([folder / "gradient.mrc"]) as program:
        session = program.session
        step_until(program, lambda: session.active and session.active.annotation is not None)
        features.add(session, MEMBRANE)
        session.active.z = Z
        live_switch.switch_chosen(session)
        draw(session, ROW)
        model = learner_of(session, "Membrane")
        step_until(program, lambda: model.description is not None)
        (folder / LEARNT).touch()
        number = 0
        while True:
            # The set is written anew, a model is written, the session and the annotation are saved.
            draw(session, 20 + number % 20)
            number += 1
            for _ in range(50):
                program.step()


def draw(session, row):
    strokes.begin(session, (row, COLUMNS[0]), FEATURE)
    strokes.extend(session, (row, COLUMNS[1]))
    strokes.end(session)


def is_kept(home):
    """Tell whether the session names the model, which autosave does within seconds."""
    session = home / "data" / "session.json"
    return session.exists() and "scnm" in session.read_text()


@pytest.mark.parametrize("moment", [0.0, 0.7])
def test_the_next_start_has_all_that_was_learnt(moment, tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    write_volume(tmp_path / "gradient.mrc", gradient())
    command = [sys.executable, "-m", "tests.runtime.test_live_killed", str(tmp_path)]
    killed = subprocess.Popen(command)
    try:
        wait_for((tmp_path / LEARNT).exists, seconds=60)
        # From here on a kill may come at any time.
        wait_for(lambda: is_kept(tmp_path / "home"), seconds=60)
        time.sleep(moment)
        workers = psutil.Process(killed.pid).children(recursive=True)
    finally:
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
    _, left = psutil.wait_procs(workers, timeout=60)
    assert not left, "a worker outlives the program"

    with running() as program:
        program.restore()
        session = program.session
        step_until(program, lambda: session.active and session.active.annotation is not None)
        feature, model = session.active.features[0], session.models[0]
        mask = session.active.annotation.contents.mask(feature.id, Z)
        assert mask[ROW, slice(*COLUMNS)].all()
        step_until(program, lambda: model.description is not None)
        assert model.run is None
        assert model.display.name == "Membrane"
        assert open_model(unsaved_models.newest_model(model.id)).training_set_sha256
        assert load_training_set(live_sets.set_path(model)).positive.any()
        assert not [each for each in session.messages if each.level == "error"]
        live_switch.switch_chosen(session)
        assert learner_of(session, "Membrane") is model
        before = model.plan.training_set
        draw(session, ROW - 8)
        step_until(program, lambda: model.plan.training_set != before)


if __name__ == "__main__":
    learn_until_killed(Path(sys.argv[1]))
