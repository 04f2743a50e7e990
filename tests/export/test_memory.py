"""Memory of an export does not grow with the number of slices."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scseg.interactions.group import Group, save_group
from scseg.interactions.rules import InteractionSettings, Rule
from tests.export.exports import write_named_model, write_tomogram

SIDE = 1000
FEW, MANY = 36, 64
"""The worker keeps 128 MB of the slices that it has read: 32 of these."""
RULES = {
    "a.scnm": InteractionSettings(rules=(Rule("avoid", "b.scnm", 4.5, 0.95),)),
    "b.scnm": InteractionSettings(),
}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells anonymous memory apart")
def test_memory_does_not_grow_with_the_number_of_slices(tmp_path):
    write_tomogram(tmp_path / "t.mrc", shape=(MANY, SIDE, SIDE))
    for file, name in (("a.scnm", "Membrane"), ("b.scnm", "inverse")):
        write_named_model(tmp_path / file, name)
    save_group(Group(RULES, rules_3d=True), tmp_path / "g.scnmgroup")
    few, many = (most_memory(tmp_path, depth) for depth in (FEW, MANY))
    # Of two models, 28 slices more are 224 MB of predictions alone.
    assert many < few + 60


def most_memory(folder, depth):
    command = [sys.executable, "-m", "tests.export.memory_of_an_export", folder, str(depth)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)
