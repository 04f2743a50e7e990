"""The recipe for conda-forge and the environment of pixi ask for what pyproject.toml asks for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from scseg import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RECIPE = yaml.safe_load((ROOT / "packaging/conda/recipe.yaml").read_text(encoding="utf-8"))
PIXI = tomllib.loads((ROOT / "pixi.toml").read_text(encoding="utf-8"))

CONDA_NAMES = {"glfw": "pyglfw", "opencv-python-headless": "py-opencv", "torch": "pytorch"}
"""Where conda-forge calls a package otherwise than the index of Python."""


def wanted(requirements):
    """Return the bounds of each requirement, by the name that conda-forge has for it."""
    parsed = map(Requirement, requirements)
    return {CONDA_NAMES.get(each.name, each.name.lower()): each.specifier for each in parsed}


@pytest.fixture
def dependencies():
    return wanted(PROJECT["dependencies"]) | {"python": SpecifierSet(PROJECT["requires-python"])}


def test_the_recipe_asks_for_the_same_packages(dependencies):
    # Torch is in the place of TensorFlow, of which conda-forge has only older ones.
    del dependencies["tensorflow"]
    dependencies |= wanted(PROJECT["optional-dependencies"]["torch"])
    asked = dict(line.split(maxsplit=1) for line in RECIPE["requirements"]["run"])
    assert {name: SpecifierSet(bounds) for name, bounds in asked.items()} == dependencies


def test_the_recipe_makes_this_version_and_its_command():
    assert RECIPE["context"]["version"] == PROJECT["version"] == __version__
    (entry,) = RECIPE["build"]["python"]["entry_points"]
    name, _, target = entry.partition(" = ")
    assert PROJECT["scripts"] == {name: target}
    built_with = Requirement("hatchling>=1.24")
    assert f"{built_with.name} {built_with.specifier}" in RECIPE["requirements"]["host"]
    assert PROJECT["license"] == RECIPE["about"]["license"]
    assert RECIPE["about"]["summary"] == PROJECT["description"]
    assert (ROOT / RECIPE["about"]["license_file"]).is_file()


def test_pixi_asks_for_the_same_packages(dependencies):
    own = dict(PIXI["pypi-dependencies"])
    assert own.pop("scseg") == {"path": ".", "editable": True}
    asked = PIXI["dependencies"] | own
    assert {name: SpecifierSet(bounds) for name, bounds in asked.items()} == dependencies


def test_pixi_has_torch_for_those_who_want_it():
    extra = wanted(PROJECT["optional-dependencies"]["torch"])
    asked = PIXI["feature"]["torch"]["dependencies"]
    assert {name: SpecifierSet(bounds) for name, bounds in asked.items()} == extra
    assert PIXI["environments"] == {"torch": ["torch"]}
