"""`scseg info --system`: true, whatever is missing or broken, and nothing of it is a secret."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from scseg import __version__
from scseg.base.errors import ScsegError
from scseg.cli import system
from scseg.compute.system import ask_system
from scseg.compute.system_messages import SystemRequest, SystemTold
from scseg.models.files import open_model
from scseg.models.starters import ready
from tests.cli.commands import scseg


@pytest.fixture
def asked(monkeypatch):
    """Answer for the process that looks; return what it was asked."""
    requests = []

    def ask(request):
        requests.append((request, open_model(Path(request.model)).architecture))
        return SystemTold("openvino 1.2", "3 megapixels/s", "float16", "tensorflow 4.5", "none")

    monkeypatch.setattr(system, "ask_system", ask)
    return requests


def told(capsys):
    code, out, _ = scseg(capsys, "info", "--system", "--json")
    assert code == 0
    return json.loads(out)


def test_it_tells_versions_engine_and_folders(capsys, asked, monkeypatch):
    monkeypatch.setattr(system.machine, "has_display", lambda: False)
    facts = told(capsys)
    assert facts["scseg"] == __version__
    assert facts["python"] == platform.python_version()
    assert facts["keras"] == version("keras")
    assert facts["numpy"] == version("numpy")
    assert facts["predicts_with"] == "openvino 1.2"
    assert facts["speed"] == "3 megapixels/s"
    assert facts["precision"] == "float16"
    assert facts["opengl"] == "no display"
    assert facts["folders"]["data"].endswith("data")
    assert [architecture for _, architecture in asked] == [ready.ARCHITECTURE]
    _, out, _ = scseg(capsys, "info", "--system")
    assert "predicts with" in out
    assert "openvino 1.2" in out


@pytest.mark.usefixtures("asked")
def test_it_tells_no_secrets(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(system.machine, "has_display", lambda: False)
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "somebody"))
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "somebody" / "scseg"))
    monkeypatch.setenv("GITHUB_TOKEN", "a secret")
    facts = told(capsys)
    assert "somebody" not in json.dumps(facts)
    assert "a secret" not in json.dumps(facts)
    assert facts["environment"]["SCSEG_HOME"] == f"~{os.sep}scseg"


@pytest.mark.usefixtures("asked")
def test_what_is_missing_is_told(capsys, monkeypatch):
    monkeypatch.setattr(system.machine, "has_display", lambda: False)
    monkeypatch.setattr(system, "_PACKAGES", ("keras", "no-such-package"))
    monkeypatch.setenv("SCSEG_BACKEND", "theano")
    facts = told(capsys)
    assert facts["no-such-package"] == "not installed"
    assert "'theano'" in facts["backend"]


def test_a_process_that_dies_is_the_answer():
    answer = ask_system(SystemRequest("m.scnm"), "tests.fakes.no_such_module")
    assert "No module named 'tests.fakes.no_such_module'" in answer.engine
    assert answer.engine == answer.card


@pytest.mark.keras
def test_the_process_measures_a_ready_network():
    done = subprocess.run(
        [sys.executable, "-m", "scseg", "info", "--system", "--json"],
        env={name: value for name, value in os.environ.items() if "DISPLAY" not in name},
        capture_output=True,
        text=True,
        check=True,
    )
    facts = json.loads(done.stdout)
    assert facts["predicts_with"].startswith(("openvino", facts["backend"]))
    assert ready.ARCHITECTURE in facts["speed"]
    assert float(facts["speed"].split()[0]) > 0
    assert facts["precision"] in ("float32", "bfloat16", "float16")
    assert facts["speed"].endswith(f"{facts['precision']})")
    assert facts["trains_with"] == f"{facts['backend']} {version(facts['backend'])}"


@pytest.mark.keras
def test_what_is_broken_is_told_and_the_rest_too():
    answer = ask_system(SystemRequest("there_is_none.scnm"))
    assert "there_is_none.scnm" in answer.speed
    assert answer.speed.startswith("fails: ScsegError")
    assert answer.engine.startswith(("openvino", "tensorflow", "torch", "jax"))


@pytest.mark.usefixtures("asked")
def test_a_full_disk_is_told_with_all_else(capsys, monkeypatch):
    def refuse(*_):
        raise ScsegError("the disk is full")

    monkeypatch.setattr(system, "write_ready", refuse)
    monkeypatch.setattr(system.machine, "has_display", lambda: False)
    facts = told(capsys)
    assert facts["predicts_with"] == facts["graphics_card"] == "fails: the disk is full"
    assert facts["keras"] == version("keras")


def test_a_home_whose_name_begins_as_another_s_is_told_from_it(monkeypatch):
    monkeypatch.setattr(system.Path, "home", lambda: Path("/home/al"))
    assert system._without_home("/home/al/x in /home/al: /home/alice /home/al-2") == (
        "~/x in ~: /home/alice /home/al-2"
    )
