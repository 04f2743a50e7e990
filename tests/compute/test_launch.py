"""The first code of a worker process."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from scseg.models import backends

WITHOUT_A_CONSOLE = """
import os, pathlib, sys, types
from scseg.compute import launch
sys.stdout = sys.stderr = None
sys.modules["worker"] = types.SimpleNamespace(main=lambda connection: os.write(2, connection))
launch.run("worker", b"said by a library", pathlib.Path(sys.argv[1]))
"""


def test_what_libraries_print_goes_to_the_log_without_a_console_too(tmp_path):
    log = tmp_path / "worker.log"
    log.touch()
    subprocess.run([sys.executable, "-c", WITHOUT_A_CONSOLE, log], check=True)
    assert log.read_text() == "said by a library"


SETTINGS = """
import json, pathlib, sys, types
from scseg.compute import launch

def told(connection):
    import keras
    c = keras.config
    found = c.backend(), c.floatx(), c.image_data_format(), c.epsilon(), c.max_epochs()
    pathlib.Path(connection).write_text(json.dumps(found))

sys.modules["worker"] = types.SimpleNamespace(main=told)
launch.run("worker", sys.argv[2], pathlib.Path(sys.argv[1]))
"""


@pytest.mark.keras
def test_the_settings_of_another_project_are_not_those_of_workers(tmp_path):
    home = tmp_path / "home" / ".keras"
    home.mkdir(parents=True)
    theirs = {
        "backend": "torch",
        "floatx": "float16",
        "image_data_format": "channels_first",
        "epsilon": 0.1,
    }
    (home / "keras.json").write_text(json.dumps(theirs))
    (tmp_path / "log").touch()
    in_the_shell = {
        "KERAS_HOME": str(home),
        "KERAS_BACKEND": "torch",
        "KERAS_MAX_EPOCHS": "1",
        "KERAS_MAX_STEPS_PER_EPOCH": "many",
        "KERAS_NNX_ENABLED": "true",
    }
    left_out = ("KERAS_BACKEND", backends.VARIABLE)
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    for names in ({}, {"KERAS_HOME": str(home)}, in_the_shell):
        subprocess.run(
            [sys.executable, "-c", SETTINGS, tmp_path / "log", tmp_path / "found"],
            check=True,
            env=environment | {"HOME": str(home.parent), "USERPROFILE": str(home.parent)} | names,
        )
        found = json.loads((tmp_path / "found").read_text())
        assert found == ["tensorflow", "float32", "channels_last", 1e-7, None]
    assert list(home.iterdir()) == [home / "keras.json"]


LOADED = """
import pathlib, sys, types
from scseg.compute import launch

def told(connection):
    import scseg.compute.worker.training_process as process
    from scseg.models.networks.prediction import predictor
    import keras, numpy as np
    from scseg.models.networks import backend
    from scseg.models.networks.architectures import build
    backend.prepare()
    backend.set_seed(1)
    network = build("UNet deep", 8, 1)
    network = keras.models.clone_model(network)
    network.compile("adam", "binary_crossentropy", jit_compile=backend.compiles())
    images = np.ones((2, 8, 8, 1), np.float32)
    network.train_on_batch(images, images)
    predictor(network)(images)
    # Keras itself imports jax where that is installed.
    loaded = {"tensorflow", "torch"} & {
        name.partition(".")[0] for name, module in sys.modules.items() if module is not None
    }
    pathlib.Path(connection).write_text(" ".join([backend.name().split()[0], *sorted(loaded)]))

sys.modules["worker"] = types.SimpleNamespace(main=told)
launch.run("worker", sys.argv[2], pathlib.Path(sys.argv[1]))
"""


@pytest.mark.keras
@pytest.mark.parametrize("backend", backends.BACKENDS)
def test_the_backend_that_is_chosen_is_loaded_and_no_other(tmp_path, backend):
    if not backends.is_installed(backend):
        pytest.skip(f"{backend} is not installed: make backends")
    (tmp_path / "log").touch()
    subprocess.run(
        [sys.executable, "-c", LOADED, tmp_path / "log", tmp_path / "found"],
        check=True,
        env=os.environ | {backends.VARIABLE: backend, "KERAS_BACKEND": "theano"},
    )
    assert (tmp_path / "found").read_text() == " ".join([backend, *({backend} - {"jax"})])
