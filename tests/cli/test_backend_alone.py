"""With torch or jax chosen, no process of any command imports TensorFlow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scseg.datasets.training_sets.training_set import save_training_set
from scseg.models import backends
from tests.fakes.checked import boxes_of
from tests.fakes.gradient import gradient, write_volume

ROOT = Path(__file__).parents[2]

SITE = """
import os, sys
from tests.fakes.refused import refuse

def note(event, arguments):
    if event == "import":
        package = arguments[0].partition(".")[0]
        if package in ("tensorflow", "torch", "jax", "openvino"):
            with open(os.environ["IMPORTED"], "a") as file:
                print(package, file=file)

if os.environ["REFUSED"]:
    refuse(os.environ["REFUSED"])
sys.addaudithook(note)
"""

pytestmark = pytest.mark.keras


@pytest.fixture(params=[each for each in backends.BACKENDS if each != "tensorflow"])
def command(request, tmp_path, monkeypatch):
    """Return a function that runs a command with a backend.

    It returns which other packages the command's processes import, and whether they import that one.
    """
    backend = request.param
    if not backends.is_installed(backend):
        pytest.skip(f"{backend} is not installed: make backends")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SITE)
    monkeypatch.chdir(tmp_path)

    def run(*arguments, refused=""):
        seen = tmp_path / "imported"
        seen.write_text("")
        folders = os.pathsep.join(map(str, (tmp_path / "site", ROOT)))
        said = {"PYTHONPATH": folders, "IMPORTED": str(seen), "REFUSED": refused}
        environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
        done = subprocess.run(
            [sys.executable, "-m", "scseg", *arguments],
            env=environment | said | {backends.VARIABLE: backend},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        imported = set(seen.read_text().split())
        # Keras itself imports jax where that is installed.
        return imported - {backend} - {"jax"}, backend in imported

    return run


def test_training_checking_and_predicting(command, tmp_path):
    save_training_set(boxes_of(12), tmp_path / "set.scnt")
    train = ("train", "set.scnt", "-o", "models", "--epochs", "1", "--architecture", "UNet deep")
    assert command(*train) == (set(), True)
    (model,) = map(str, Path("models").glob("*.scnm"))
    write_volume(tmp_path / "t.mrc", gradient())
    segment = ("segment", "t.mrc", "--model", model, "--slices", "0", "-o", "out")
    assert command(*segment, refused="openvino") == (set(), True)
    assert command(*segment, "--overwrite") == ({"openvino"}, False)
    check = ("check", model, "set.scnt")
    assert command(*check, refused="openvino") == (set(), True)


def test_the_facts_for_bug_reports(command):
    assert command("info", "--system", refused="openvino") == (set(), True)
    assert command("info", "--system") == ({"openvino"}, True)


def test_the_demonstration(command):
    others, has_own = command("demo", "--out", "demo")
    assert others <= {"openvino"}
    assert has_own
