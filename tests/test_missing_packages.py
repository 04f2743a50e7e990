"""What is not needed for looking and drawing may be absent; what needs it says so in a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from scseg.annotations.storage.read_only import read_annotation
from scseg.base.missing_packages import missing_package
from tests.fakes.gradient import SHAPE, gradient, write_volume

ROOT = Path(__file__).parents[1]

LOOKS_AND_DRAWS = """
import sys
from pathlib import Path
from tests.fakes.refused import NOT_FOR_DRAWING, refuse
refuse(*NOT_FOR_DRAWING)
import scseg.cli.main
import scseg.gui.window
from scseg.actions.annotation import features, strokes
from tests.fakes.headless import running, step_until
tomogram = Path(sys.argv[1])
with running([tomogram]) as program:
    session = program.session
    step_until(program, lambda: session.active is not None and session.active.annotated is not None)
    step_until(program, lambda: program.on_screen.shows(session.active))
    features.add(session)
    step_until(program, lambda: session.active.annotation.contents.features)
    strokes.begin(session, (5.0, 6.0), 1)
    strokes.extend(session, (5.0, 12.0))
    strokes.end(session)
    step_until(program, lambda: True)
    assert not [each.sentence for each in session.notices], session.notices
assert not set(NOT_FOR_DRAWING) & {name.partition(".")[0] for name in sys.modules}
"""


def python(program, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_looking_and_drawing_need_none_of_them(tmp_path):
    tomogram = write_volume(tmp_path / "t.mrc", gradient())
    done = python(LOOKS_AND_DRAWS, tomogram)
    assert done.returncode == 0, done.stderr
    drawn = read_annotation(tomogram, SHAPE)
    assert len(drawn.features) == 1


@pytest.fixture
def command(tmp_path):
    """Return a function that runs a command where packages are missing, to the processes it starts too."""
    site = tmp_path / "site"
    site.mkdir()
    site.joinpath("sitecustomize.py").write_text(
        "import os; from tests.fakes.refused import refuse; refuse(*os.environ['REFUSED'].split(','))"
    )

    def run(missing, *arguments):
        folders = os.pathsep.join(map(str, (site, ROOT)))
        command = "import sys; from scseg.cli import main; sys.exit(main.run(sys.argv[1:]))"
        return python(command, *arguments, REFUSED=missing, PYTHONPATH=folders)

    return run


def words(done):
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("tensorflow,torch,jax", "pip install tensorflow or"),
        ("keras,tensorflow,torch,jax", "pip install keras"),
    ],
)
def test_training_without_a_library_for_networks_tells_what_to_install(
    command, tmp_path, missing, sentence
):
    tomogram = write_volume(tmp_path / "t.mrc", gradient())
    write_volume(tmp_path / "mask.mrc", (gradient() > 60).astype(np.int8))
    (tmp_path / "boxes.txt").write_text("20 20 3\n")
    files = ("--mask", tmp_path / "mask.mrc", "--boxes", tmp_path / "boxes.txt", "--box-size", 16)
    made = command(missing, "extract", tomogram, *files, "-o", tmp_path / "set.scnt")
    assert made.returncode == 0, made.stderr
    done = command(missing, "train", tmp_path / "set.scnt", "-o", tmp_path / "models")
    assert done.returncode == 1
    assert sentence in words(done)


def test_without_keras_openvino_predicts(command, tmp_path):
    random = np.random.default_rng(0)
    tomogram = write_volume(tmp_path / "t.mrc", random.normal(0, 1, (3, 64, 64)).astype(np.float32))
    arguments = ("segment", tomogram, "--starter", "Membrane", "-o", tmp_path / "out")
    done = command("keras,tensorflow,torch,jax", *arguments)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").glob("*.mrc"))) == 1
    arguments = (*arguments, "--overwrite")
    done = command("openvino,tensorflow,torch,jax", *arguments)
    assert done.returncode == 1
    assert "pip install tensorflow" in words(done)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("cc3d", "this needs cc3d, which is not installed: pip install connected-components-3d"),
        ("skimage.measure", "this needs skimage, which is not installed: pip install scikit-image"),
        ("starfile", "this needs starfile, which is not installed: pip install starfile"),
        ("scseg.nonsense", ""),
        (None, ""),
    ],
)
def test_what_is_missing_is_told_by_the_name_for_pip(name, told):
    assert missing_package(ModuleNotFoundError("No module", name=name)) == told
    assert missing_package(ImportError("broken", name="cc3d")) == ""


def test_a_command_tells_what_it_misses(command, tmp_path):
    values = np.zeros((6, 40, 40), np.float32)
    values[2:4, 10:20, 10:20] = 1.0
    volume = write_volume(tmp_path / "t__Ribosome.mrc", values)
    done = command("cc3d", "pick", volume, "-o", tmp_path / "picks.star")
    assert done.returncode == 1
    assert "needs cc3d, which is not installed: pip install connected-components-3d" in words(done)
