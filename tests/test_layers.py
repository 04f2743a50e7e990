"""The import rule that import-linter cannot see: what is really loaded, through other libraries too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KERAS = {"keras", "tensorflow"}
WINDOW = {"imgui_bundle", "glfw", "OpenGL"}
WORKERS_ONLY = ("scseg.models.networks", "scseg.compute.worker")

IMPORT = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""

HELP = """
import sys
from scseg.__main__ import main
sys.argv = ["scseg", *sys.argv[1:], "--help"]
try:
    main()
except SystemExit:
    pass
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def modules(package: str) -> list[str]:
    files = ROOT.joinpath(*package.split(".")).rglob("*.py")
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return sorted(name.removesuffix(".__init__") for name in names)


def loaded(program: str, *arguments: str) -> set[str]:
    """Run a program in a fresh interpreter; return the top-level packages it says it has loaded."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_only_the_workers_load_keras():
    names = [name for name in modules("scseg") if not name.startswith(WORKERS_ONLY)]
    packages = loaded(IMPORT, *names)
    assert "scseg" in packages
    assert not packages & KERAS


def test_the_command_line_loads_neither_window_nor_keras():
    packages = loaded(IMPORT, *modules("scseg.cli"))
    assert not packages & (WINDOW | KERAS)


@pytest.mark.parametrize(
    "command", ["", "demo", "extract", "train", "segment", "label", "pick", "measure", "info"]
)
def test_help_loads_neither_window_nor_keras(command):
    packages = loaded(HELP, *command.split())
    assert "scseg" in packages
    assert not packages & (WINDOW | KERAS)


def test_what_few_need_is_loaded_by_none_from_the_start():
    names = [
        name for room in ("scseg.objects", "scseg.cli", "scseg.export") for name in modules(room)
    ]
    packages = loaded(IMPORT, *names)
    assert not packages & {"dask", "distributed"}
    assert not packages & {"cc3d", "edt", "fill_voids", "skimage", "starfile", "pandas"}


def test_the_window_does_not_wait_for_what_only_the_demonstration_needs():
    command = [sys.executable, "-c", "import sys, scseg.gui.window; print(*sys.modules)"]
    loaded = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.split()
    assert "scseg.gui.window" in loaded
    assert not {"scipy.fft", "scseg.datasets.demo.simulate"} & set(loaded)
